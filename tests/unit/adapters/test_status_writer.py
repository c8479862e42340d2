"""Statuses are applied whole, tried again where that helps, and no more than a few at a time."""

import asyncio
from collections.abc import Mapping
from typing import Any

import msgspec
import pytest

from assessor.adapters.status_writer import Gone, Outdated, StatusWriter, Target, Written
from assessor.controller.leadership import LeadershipLostError
from assessor.kernel.errors import (
    ApiStatusError,
    ClusterError,
    ConflictError,
    ForbiddenError,
    NotFoundError,
    RecordError,
    ThrottledError,
    UnreachableError,
)

TARGET = Target("n", "b", 6)


def stored(version: str = "7", **status: Any) -> bytes:
    """Make an answer of the API server."""
    return msgspec.json.encode(
        {"metadata": {"resourceVersion": version, "name": "b"}, "status": status}
    )


class Server:
    """Gives prepared answers one after the other, the last one for ever."""

    def __init__(self, *answers: bytes | ClusterError) -> None:
        """Errors are raised."""
        self.answers = list(answers)
        self.requests: list[dict[str, Any]] = []
        self.open = self.most_open = 0

    async def request(
        self, method: str, path: str, *, params: Mapping[str, str], body: bytes, content_type: str
    ) -> bytes:
        """Take a moment to answer."""
        sent = {"method": method, "path": path, "params": dict(params), "type": content_type}
        self.requests.append(sent | {"body": msgspec.json.decode(body)})
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        await asyncio.sleep(0)
        self.open -= 1
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, ClusterError):
            raise answer
        return answer


class Naps:
    """Sleeps no time, and remembers for how long it should have."""

    def __init__(self) -> None:
        """Nothing slept yet."""
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        """Return at once."""
        self.seconds.append(seconds)
        await asyncio.sleep(0)


async def test_the_whole_status_is_applied_to_the_subresource() -> None:
    """By server-side apply as one manager, with names quoted."""
    server = Server(stored())
    outcome = await StatusWriter(server).write(Target("pay ments", "a/b", 6), {"score": 3})
    assert outcome == Written(resource_version=7)
    assert server.requests == [
        {
            "method": "PATCH",
            "path": "/apis/kube-assessor.dev/v1alpha1/namespaces/pay%20ments"
            "/securityassessments/a%2Fb/status",
            "params": {
                "fieldManager": "kube-assessor",
                "force": "true",
                "fieldValidation": "Ignore",
            },
            "type": "application/apply-patch+yaml",
            "body": {
                "apiVersion": "kube-assessor.dev/v1alpha1",
                "kind": "SecurityAssessment",
                "metadata": {"name": "a/b", "namespace": "pay ments", "resourceVersion": "6"},
                "status": {"score": 3},
            },
        }
    ]


async def test_what_somebody_planted_is_removed() -> None:
    """Of the version that was looked at, and the outcome tells of which fields."""
    server = Server(stored(score=100, catalogue="1"), stored(version="8", catalogue="1"))
    outcome = await StatusWriter(server).write(TARGET, {"catalogue": "1"})
    assert outcome == Written(8, removed=("score",))
    second = server.requests[1]
    assert second["type"] == "application/merge-patch+json"
    assert second["params"] == {"fieldManager": "kube-assessor"}
    assert second["body"] == {"metadata": {"resourceVersion": "7"}, "status": {"score": None}}


@pytest.mark.parametrize("answers", [(), (stored(score=100),)], ids=["applied", "cleaned"])
async def test_what_has_changed_meanwhile_is_left_alone(answers: tuple[bytes, ...]) -> None:
    """Trying again would put an old verdict over what somebody else wrote: the outcome tells."""
    server = Server(*answers, ConflictError(409, "Conflict", "the object has been modified"))
    outcome = await StatusWriter(server, sleep=Naps()).write(TARGET, {})
    assert outcome == Outdated("the object has been modified")
    assert len(server.requests) == len(answers) + 1


async def test_nothing_is_sent_without_permission() -> None:
    """Asked right before each request: who led when it began to wait may not lead any more."""
    asked = iter((None, LeadershipLostError("over")))

    def permit() -> None:
        if error := next(asked):
            raise error

    server = Server(stored(score=100), stored())
    with pytest.raises(LeadershipLostError):
        await StatusWriter(server, permit=permit, sleep=Naps()).write(TARGET, {})
    assert len(server.requests) == 1


async def test_a_deleted_assessment_is_gone() -> None:
    """It is not tried again."""
    server = Server(NotFoundError(404, "NotFound", "no such thing"))
    assert await StatusWriter(server).write(TARGET, {}) == Gone("no such thing")
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "error",
    [
        UnreachableError("reset"),
        ApiStatusError(500, "InternalError", "etcd"),
        ApiStatusError(503, "ServiceUnavailable", ""),
        ThrottledError(429, "TooManyRequests", "", 0.0),
    ],
)
async def test_what_may_pass_is_tried_again(error: ClusterError) -> None:
    """The third attempt succeeds, and its outcome counts."""
    naps = Naps()
    server = Server(error, error, stored())
    outcome = await StatusWriter(server, sleep=naps).write(TARGET, {})
    assert outcome == Written(7)
    assert len(naps.seconds) == 2


@pytest.mark.parametrize(
    "error",
    [ForbiddenError(403, "Forbidden", ""), ApiStatusError(422, "Invalid", "status.score: no")],
)
async def test_what_will_not_pass_is_raised_at_once(error: ClusterError) -> None:
    """Another try would get the same answer."""
    server = Server(error)
    with pytest.raises(type(error)):
        await StatusWriter(server).write(TARGET, {})
    assert len(server.requests) == 1


async def test_tries_are_bounded() -> None:
    """Then the last error is raised, for the queue to wait longer."""
    server, naps = Server(UnreachableError("away")), Naps()
    with pytest.raises(UnreachableError, match="away"):
        await StatusWriter(server, sleep=naps).write(TARGET, {})
    assert len(server.requests) == 5


async def test_retry_after_is_obeyed_with_jitter() -> None:
    """Never sooner than asked, not all at the same moment, and not for ever."""
    naps = Naps()
    for patience in (4.0, 4.0, 9999.0):
        server = Server(ThrottledError(429, "TooManyRequests", "", patience), stored())
        await StatusWriter(server, sleep=naps).write(TARGET, {})
    assert 4 <= naps.seconds[0] < 10
    assert naps.seconds[0] != naps.seconds[1]
    assert naps.seconds[2] < 40


async def test_few_writes_run_at_once() -> None:
    """The others wait for a slot, and all are written."""
    server = Server(stored())
    writer = StatusWriter(server, concurrency=3)
    await asyncio.gather(*(writer.write(Target("n", f"b{i}", 6), {}) for i in range(20)))
    assert server.most_open == 3
    assert len(server.requests) == 20


async def test_whoever_waits_for_another_try_holds_no_slot() -> None:
    """One assessment's trouble does not keep the others from being written."""
    asleep = asyncio.Event()

    async def sleep_for_ever(_: float) -> None:
        asleep.set()
        await asyncio.Event().wait()

    server = Server(UnreachableError("reset"), stored())
    writer = StatusWriter(server, concurrency=1, sleep=sleep_for_ever)
    stuck = asyncio.create_task(writer.write(Target("n", "stuck", 6), {}))
    await asyncio.wait_for(asleep.wait(), timeout=5)
    outcome = await asyncio.wait_for(writer.write(TARGET, {}), timeout=5)
    assert outcome == Written(7)
    stuck.cancel()


async def test_an_answer_of_another_shape_is_told() -> None:
    """With whose status it was."""
    with pytest.raises(RecordError, match="n/b"):
        await StatusWriter(Server(b"[]")).write(TARGET, {})
