"""What is remembered about tokens, for how long, and what a flood of them costs the API server.

Who is let in is tested on a real API server (tests/own/test_metrics_auth.py).
"""

import asyncio
import json
from http import HTTPStatus
from typing import Any

import pytest
from structlog.testing import capture_logs

from assessor.adapters.metrics_access import (
    AT_ONCE,
    LONGEST_TOKEN,
    REMEMBERED_SECONDS,
    REMEMBERED_TOKENS,
    MetricsAccess,
)
from assessor.kernel.errors import UnreachableError
from tests.unit.adapters.cluster_server import ManualClock

TOKENS = "tokenreviews"


class Reviewer:
    """An API server that knows every token as a user of that name, and lets `good…` read."""

    def __init__(self) -> None:
        """Nothing was asked yet."""
        self.asked: list[str] = []
        self.answer: bytes | Exception | None = None
        self.under_way = self.most = 0

    async def request(self, _method: str, path: str, *, body: bytes) -> bytes:
        """One review."""
        self.asked.append(path.rpartition("/")[2])
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        await asyncio.sleep(0)
        self.under_way -= 1
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer or json.dumps({"status": self._status(json.loads(body))}).encode()

    def _status(self, review: dict[str, Any]) -> dict[str, Any]:
        spec = review["spec"]
        if review["kind"] == "SubjectAccessReview":
            return {"allowed": spec["user"].startswith("good")}
        known = not spec["token"].startswith("unknown")
        return {"authenticated": known, "user": {"username": spec["token"]}}


@pytest.fixture
def reviewer() -> Reviewer:
    """The API server."""
    return Reviewer()


@pytest.fixture
def clock() -> ManualClock:
    """Moved by hand."""
    return ManualClock()


@pytest.fixture
def access(reviewer: Reviewer, clock: ManualClock) -> MetricsAccess:
    """What is tested."""
    return MetricsAccess(reviewer, clock)


async def status(access: MetricsAccess, authorization: str) -> HTTPStatus:
    """The answer's status."""
    refusal = await access.refusal(authorization)
    return refusal.status if refusal else HTTPStatus.OK


@pytest.mark.parametrize(("token", "code"), [("good", 200), ("bad", 403)])
async def test_a_known_user_is_remembered_for_a_minute(
    access: MetricsAccess, reviewer: Reviewer, clock: ManualClock, token: str, code: int
) -> None:
    """Then the API server is asked anew: a right may have been taken away."""
    assert await status(access, f"Bearer {token}") == code
    assert await status(access, f"bearer  {token}") == code
    assert len(reviewer.asked) == 2
    clock.seconds += REMEMBERED_SECONDS
    assert await status(access, f"Bearer {token}") == code
    assert len(reviewer.asked) == 4


async def test_an_unknown_token_is_never_remembered(
    access: MetricsAccess, reviewer: Reviewer
) -> None:
    """Invented ones would push out those that are known."""
    assert await status(access, "Bearer good") == 200
    for _ in range(2 * REMEMBERED_TOKENS):
        assert await status(access, "Bearer unknown") == 401
    before = len(reviewer.asked)
    assert await status(access, "Bearer good") == 200
    assert len(reviewer.asked) == before


async def test_what_is_remembered_is_bounded(access: MetricsAccess, reviewer: Reviewer) -> None:
    """What was not used for longest goes first."""
    for number in range(REMEMBERED_TOKENS):
        await access.refusal(f"Bearer good{number}")
    await access.refusal("Bearer good0")
    await access.refusal("Bearer good-more")
    before = len(reviewer.asked)
    await access.refusal("Bearer good0")
    assert len(reviewer.asked) == before
    await access.refusal("Bearer good1")
    assert len(reviewer.asked) == before + 2


@pytest.mark.parametrize(
    "authorization",
    [
        *("", "Bearer", "Bearer ", "Basic good", "good", "Bearer gööd", "Bearer go\x00d"),
        "Bearer " + "x" * (LONGEST_TOKEN + 1),
    ],
)
async def test_what_is_no_token_is_not_asked_about(
    access: MetricsAccess, reviewer: Reviewer, authorization: str
) -> None:
    """401 without a request."""
    assert await status(access, authorization) == 401
    assert reviewer.asked == []


@pytest.mark.parametrize(
    "answer", [UnreachableError("away"), b"<html>", b"{}", b'{"status": 3}', b"\xff"]
)
async def test_no_answer_is_no(
    access: MetricsAccess, reviewer: Reviewer, answer: bytes | Exception
) -> None:
    """And is not remembered."""
    reviewer.answer = answer
    assert await status(access, "Bearer good") == 503
    reviewer.answer = None
    assert await status(access, "Bearer good") == 200


@pytest.mark.parametrize(
    "answer",
    [{}, {"authenticated": True}, {"user": {"username": "good"}}, {"authenticated": False}],
)
async def test_an_answer_without_a_user_is_no(
    access: MetricsAccess, reviewer: Reviewer, answer: dict[str, Any]
) -> None:
    """Authenticated, and by name: one without the other is nobody."""
    reviewer.answer = json.dumps({"status": answer}).encode()
    assert await status(access, "Bearer good") == 401
    assert reviewer.asked == [TOKENS]


async def test_a_flood_asks_a_few_at_once(access: MetricsAccess, reviewer: Reviewer) -> None:
    """All are answered, by turns."""
    flood = [access.refusal("Bearer unknown") for _ in range(100)]
    answers = await asyncio.gather(*flood)
    assert {answer.status for answer in answers if answer} == {401}
    assert reviewer.most == AT_ONCE


async def test_an_outage_is_logged_once(access: MetricsAccess, reviewer: Reviewer) -> None:
    """And no token with it."""
    reviewer.answer = UnreachableError("away")
    with capture_logs() as logged:
        for number in range(3):
            await access.refusal(f"Bearer token-{number}")
    told = "reads of /metrics cannot be authorized"
    assert [line["event"] for line in logged].count(told) == 1
    assert "token-" not in str(logged)
