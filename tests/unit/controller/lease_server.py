"""A server that keeps one lease, and the ways to it of the processes that want it."""

import asyncio
import random
from collections.abc import Callable

from assessor.adapters.leases import Lease, LeaseMeta, LeaseSpec
from assessor.kernel.errors import ConflictError, UnreachableError


class Server:
    """Keeps one lease as an API server does: each change makes a version, and needs the last."""

    def __init__(self) -> None:
        """There is no lease yet."""
        self.lease: Lease | None = None
        self.version = 0
        self.followers: list[Callable[[], None]] = []

    def store(self, spec: LeaseSpec) -> Lease:
        """Keep it, and tell who follows."""
        self.version += 1
        self.lease = Lease(LeaseMeta(str(self.version)), spec)
        for follower in self.followers:
            follower()
        return self.lease

    def make(self, spec: LeaseSpec) -> Lease:
        """Store the first."""
        if self.lease:
            raise ConflictError(409, "AlreadyExists", "exists")
        return self.store(spec)

    def replace(self, read: Lease, spec: LeaseSpec) -> Lease:
        """Store another, where it is as it was read."""
        if self.lease is None or self.lease.metadata != read.metadata:
            raise ConflictError(409, "Conflict", "changed")
        return self.store(spec)

    def remove(self) -> None:
        """Have no lease, and tell who follows."""
        self.lease = None
        for follower in self.followers:
            follower()

    @property
    def holder(self) -> str:
        """Who holds the lease, empty for nobody."""
        return (self.lease and self.lease.spec.holder_identity) or ""


class Line:
    """One process's way to the server."""

    def __init__(self, server: Server, rng: random.Random | None = None) -> None:
        """Be in order until told otherwise; with ``rng``, requests take their time, or get lost."""
        self.server, self.rng = server, rng
        self.cut = self.deaf = False
        self.takes: list[float] = []
        """Seconds that the next requests are under way."""
        self.under_way: Callable[[int], None] = lambda _: None
        """What happens before a request arrives, by its number."""
        self.requests = 0

    async def read(self) -> Lease | None:
        """What is stored."""
        await self._send()
        found = self.server.lease
        await self._answer()
        return found

    async def create(self, spec: LeaseSpec) -> Lease:
        """Make it where there is none."""
        await self._send()
        made = self.server.make(spec)
        await self._answer()
        return made

    async def change(self, read: Lease, spec: LeaseSpec) -> Lease:
        """Replace it where it is as it was read."""
        await self._send()
        made = self.server.replace(read, spec)
        await self._answer()
        return made

    async def follow(self, on_event: Callable[[], None]) -> None:
        """Tell of changes, unless it is deaf."""
        self.server.followers.append(lambda: None if self.deaf or self.cut else on_event())
        await asyncio.Event().wait()

    async def _send(self) -> None:
        self.requests += 1
        number = self.requests
        if self.takes:
            await asyncio.sleep(self.takes.pop(0))
        await self._wander()
        self.under_way(number)

    async def _answer(self) -> None:
        """What is lost here was done all the same."""
        await self._wander()

    async def _wander(self) -> None:
        if self.rng:
            await asyncio.sleep(self.rng.choice((0, 0.01, 0.1, 3.0)))
            if self.rng.random() < 0.1:
                raise UnreachableError("reset")
        if self.cut:
            raise UnreachableError("connection refused")


class Severed(Line):
    """The way of a process that ends while its first change is under way: that arrives later."""

    def __init__(self, server: Server) -> None:
        """Nothing was sent yet."""
        super().__init__(server)
        self.sent = asyncio.Event()
        self.arrive: Callable[[], Lease] | None = None

    async def create(self, spec: LeaseSpec) -> Lease:
        """Make it, unless this is the first."""
        await self._send_off(lambda: self.server.make(spec))
        return await super().create(spec)

    async def change(self, read: Lease, spec: LeaseSpec) -> Lease:
        """Replace it, unless this is the first."""
        await self._send_off(lambda: self.server.replace(read, spec))
        return await super().change(read, spec)

    async def _send_off(self, arrive: Callable[[], Lease]) -> None:
        if self.arrive is None:
            self.arrive = arrive
            self.sent.set()
            await asyncio.Event().wait()
