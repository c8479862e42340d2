"""A lease is followed without a gap, and no server is pressed that ends what it has begun."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from itertools import pairwise
from typing import Any

import pytest

from assessor.adapters.leases import REOPEN_DELAY, SETTLED_SECONDS, WATCH_SECONDS, Leases
from assessor.kernel.errors import ApiStatusError, ClusterError, UnreachableError
from tests.unit.controller.virtual_time import run_virtually

LIVES = SETTLED_SECONDS + 1


class Server:
    """Opens watches that each live for some seconds, and end as they are told to.

    Each begins, as a real one does, by telling of the lease that there is.
    """

    def __init__(self, lives: float, error: ClusterError | None = None) -> None:
        """Without an ``error`` they end in order."""
        self.lives, self.error = lives, error
        self.opened: list[float] = []
        self.params: Mapping[str, str] = {}

    async def request(self, *_: Any, **__: Any) -> bytes:
        """Nobody asks."""
        raise NotImplementedError

    @asynccontextmanager
    async def watch(self, path: str, params: Mapping[str, str]) -> AsyncIterator[Any]:
        """One watch of the collection."""
        assert path == "/apis/coordination.k8s.io/v1/namespaces/system/leases"
        self.params = params
        self.opened.append(now())
        yield self._lines()

    async def _lines(self) -> AsyncIterator[bytes]:
        yield b"{}"
        await asyncio.sleep(self.lives)
        if self.error:
            raise self.error


def now() -> float:
    """Virtual seconds."""
    return asyncio.get_running_loop().time()


async def follow(server: Server, seconds: float) -> list[float]:
    """When something was told of, in so many seconds."""
    told: list[float] = []
    leases = Leases(server, "system", "assessor")
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(leases.follow(lambda: told.append(now())), seconds)
    return told


@pytest.mark.parametrize("error", [None, UnreachableError("reset")], ids=["in order", "cut off"])
def test_a_watch_that_ends_is_opened_at_once(error: ClusterError | None) -> None:
    """What happened in between is told of at once."""
    server = Server(LIVES, error)
    told = run_virtually(follow(server, 3.5 * LIVES))
    assert told == server.opened == [0, LIVES, 2 * LIVES, 3 * LIVES]
    assert server.params["fieldSelector"] == "metadata.name=assessor"
    assert server.params["timeoutSeconds"] == str(WATCH_SECONDS)


@pytest.mark.parametrize(
    "error",
    [None, ApiStatusError(500, "InternalError", "no")],
    ids=["in order", "with an error"],
)
def test_watches_that_end_as_they_begin_are_opened_seldom(error: ClusterError | None) -> None:
    """No more often than whoever waits looks, but as often: a lease given back is no secret."""
    server = Server(0.01, error)
    run_virtually(follow(server, 60))
    pauses = [after - before for before, after in pairwise(server.opened)]
    assert len(pauses) > 20
    assert max(pauses) <= REOPEN_DELAY[1] + 0.02
    assert all(pause >= REOPEN_DELAY[1] / 2 for pause in pauses[3:])
