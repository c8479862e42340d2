"""The operator's port by raw requests: no way to write one goes past who may read the metrics."""

import asyncio
from collections.abc import AsyncIterator
from http import HTTPStatus

import pytest

from assessor.adapters.metrics_access import LONGEST_TOKEN, Refusal
from assessor.controller.server import ProbeServer

BODY = b"kube_assessor_secret_thing 1"
MINUTE = 60


class Guard:
    """Lets in who says so, and remembers what it was told."""

    def __init__(self) -> None:
        """Nobody has asked yet."""
        self.told: list[str] = []

    async def __call__(self, authorization: str) -> Refusal | None:
        """Whether the header is the good one."""
        self.told.append(authorization)
        if authorization.startswith("Bearer good"):
            return None
        return Refusal(HTTPStatus.UNAUTHORIZED, "no")


@pytest.fixture
def guard() -> Guard:
    """Who decides."""
    return Guard()


@pytest.fixture
async def server(guard: Guard) -> AsyncIterator[ProbeServer]:
    """A server that is well and whose metrics are guarded."""
    made = ProbeServer(
        "127.0.0.1",
        0,
        healthy=lambda: None,
        ready=lambda: "not yet",
        metrics=lambda: (BODY, "text/plain"),
        guard=guard,
    )
    await made.start()
    yield made
    await made.stop()


async def ask(server: ProbeServer, line: str, *headers: str) -> tuple[int, bytes]:
    """The status code and all of the answer to a request as it is written here."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    wire = "\r\n".join((line, "Host: a", "Connection: close", *headers, "", ""))
    writer.write(wire.encode())
    async with asyncio.timeout(MINUTE):
        answer = await reader.read()
    writer.close()
    return int(answer.split(b" ", 2)[1]), answer


@pytest.mark.parametrize(
    "target",
    [
        *("/metrics", "/metrics?", "/metrics?format=text", "/metrics#x", "/%6detrics", "/metrics/"),
        *(
            "//metrics",
            "/./metrics",
            "/healthz/../metrics",
            "/METRICS",
            "/metrics/x",
            "/metrics%2f",
        ),
        *("/metrics;a", "/metrics%00", "http://elsewhere/metrics", "http://a//metrics", "*"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "OPTIONS", "get", "TRACE", "X"])
@pytest.mark.parametrize("version", ["1.0", "1.1"])
async def test_nothing_is_shown_without_a_token(
    server: ProbeServer, method: str, target: str, version: str
) -> None:
    """However the URL, the method and the version are written."""
    code, answer = await ask(server, f"{method} {target} HTTP/{version}")
    assert code in (400, 401, 404, 405)
    assert BODY not in answer


@pytest.mark.parametrize("version", ["1.0", "1.1"])
async def test_a_token_opens_it(server: ProbeServer, version: str) -> None:
    """By both versions; HEAD is asked about as well, and brings no body."""
    line = f"/metrics HTTP/{version}"
    assert (await ask(server, f"GET {line}", "authorization:  Bearer good"))[0] == 200
    code, answer = await ask(server, f"HEAD {line}", "Authorization: Bearer good")
    assert code == 200
    assert BODY not in answer
    assert (await ask(server, f"HEAD {line}"))[0] == 401


async def test_a_refusal_names_the_scheme(server: ProbeServer) -> None:
    """RFC 9110, 15.5.2."""
    _, answer = await ask(server, "GET /metrics HTTP/1.1")
    assert b"WWW-Authenticate: Bearer" in answer


async def test_of_two_tokens_the_first_counts(server: ProbeServer, guard: Guard) -> None:
    """Whatever is in between may look at one only, so it must not be the other that opens."""
    headers = ("Authorization: Bearer bad", "Authorization: Bearer good")
    assert (await ask(server, "GET /metrics HTTP/1.1", *headers))[0] in (400, 401)
    assert guard.told in ([], ["Bearer bad"])


async def test_the_longest_token_is_read(server: ProbeServer) -> None:
    """Those of some identity providers hold hundreds of groups; what is longer is refused."""
    token = "good".ljust(LONGEST_TOKEN, "x")
    line = "GET /metrics HTTP/1.1"
    assert (await ask(server, line, f"Authorization: Bearer {token}"))[0] == 200
    assert (await ask(server, line, f"Authorization: Bearer {token}{token}"))[0] == 400


@pytest.mark.parametrize("authorization", ["", "Authorization: Bearer bad"])
async def test_probes_are_open(server: ProbeServer, guard: Guard, authorization: str) -> None:
    """The kubelet has no token, and one that it had would not be looked at."""
    headers = (authorization,) if authorization else ()
    assert (await ask(server, "GET /healthz HTTP/1.1", *headers))[0] == 200
    assert (await ask(server, "GET /readyz HTTP/1.1", *headers))[0] == 503
    assert guard.told == []
