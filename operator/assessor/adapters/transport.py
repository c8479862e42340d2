"""The requests that caches make of the API server: a port, and deadlines for its answers."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Protocol

from assessor.kernel.errors import UnreachableError


class Transport(Protocol):
    """Reads from the API server. Both requests raise the kernel's ClusterErrors."""

    async def get(
        self, path: str, params: Mapping[str, str], *, at_most: int | None = None
    ) -> bytes:
        """The body of a GET; OversizedError where it is longer than ``at_most`` bytes."""

    def watch(
        self, path: str, params: Mapping[str, str]
    ) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        """An open watch, as its raw lines; entering it means that the server has accepted it."""


@asynccontextmanager
async def within(seconds: float, what: str) -> AsyncIterator[asyncio.Timeout]:
    """Give the body ``seconds``, then raise UnreachableError: "``what`` for … s"."""
    deadline = asyncio.timeout(seconds)
    try:
        async with deadline:
            yield deadline
    except TimeoutError as error:
        if not deadline.expired():
            raise
        raise UnreachableError(f"{what} for {seconds:g} s") from error
