"""What everybody can see of the assessments: a watch that shares nothing with the operator."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Self

import msgspec
from msgspec import Struct

from tests.bench.fleet.api import Api
from tests.bench.fleet.errors import BenchError

PATH = "/apis/kube-assessor.dev/v1alpha1/securityassessments"
READ_AT_ONCE = 1 << 20
NAMED = 5
"""How many of those that did not come an error names."""


class Control(Struct, frozen=True):
    """One verdict."""

    id: str
    result: str


class Finding(Struct, frozen=True):
    """One finding; ``object`` as ``Kind/name``."""

    check: str
    object: str


class _Meta(Struct, frozen=True, rename="camel"):
    namespace: str = ""
    resource_version: str = ""


class _Object(Struct, frozen=True):
    metadata: _Meta = _Meta()
    status: msgspec.Raw = msgspec.Raw(b"{}")


class _Event(Struct, frozen=True):
    type: str
    object: _Object


class _Status(Struct, frozen=True):
    controls: tuple[Control, ...] = ()
    findings: tuple[Finding, ...] = ()


class Seen(Struct, frozen=True):
    """A status as the watch brought it; ``at`` on the monotonic clock."""

    at: float
    raw: bytes
    results: Mapping[str, str]
    findings: frozenset[tuple[str, str]]
    """Check and object."""


Wanted = Callable[[Seen], bool]
Heard = Callable[[Seen | None, Seen], None]
"""Told of each change: the status before, if any, and after."""


class StatusWatch:
    """Follows all SecurityAssessments, one a namespace."""

    def __init__(self, api: Api) -> None:
        """Watch by ``api``; nothing is seen before it is entered."""
        self._api = api
        self.latest: dict[str, Seen] = {}
        self.heard: Heard | None = None
        self.resumed = 0
        """How often the watch went on after the server ended it; nothing is missed by that."""
        self._waiting: dict[str, list[tuple[Wanted, asyncio.Future[Seen]]]] = {}
        self._failure: Exception | None = None

    async def __aenter__(self) -> Self:
        """Watch from now on."""
        params = {"limit": "1"}
        listed = msgspec.json.decode(await self._api.send("GET", PATH, params=params), type=_Object)
        self._task = asyncio.create_task(self._follow(listed.metadata.resource_version))
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop watching."""
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task

    def next(self, namespace: str, wanted: Wanted) -> asyncio.Future[Seen]:
        """The next status of a namespace that is as wanted."""
        future: asyncio.Future[Seen] = asyncio.get_running_loop().create_future()
        if self._failure:
            future.set_exception(self._failure)
        self._waiting.setdefault(namespace, []).append((wanted, future))
        return future

    async def _follow(self, version: str) -> None:
        self._version = version
        try:
            while True:
                await self._watch_once()
                self.resumed += 1
        except Exception as error:  # noqa: BLE001 - whoever waits must not blame the operator
            self._fail(error)

    async def _watch_once(self) -> None:
        """Until the server ends it: it does so where it believes that a watcher is too slow."""
        params = {"resourceVersion": self._version, "timeoutSeconds": "86400"}
        async with self._api.watch(PATH, params) as response:
            pending = b""
            while chunk := await response.content.read(READ_AT_ONCE):
                *lines, pending = (pending + chunk).split(b"\n")
                now = time.monotonic()
                for line in lines:
                    self._take(line, now)

    def _take(self, line: bytes, now: float) -> None:
        event = msgspec.json.decode(line, type=_Event)
        if event.type not in ("ADDED", "MODIFIED", "DELETED"):
            raise BenchError(f"the independent watch brought {line[:300]!r}")
        self._version = event.object.metadata.resource_version
        namespace = event.object.metadata.namespace
        if event.type == "DELETED":
            self.latest.pop(namespace, None)
            return
        seen = _seen(bytes(event.object.status), now)
        before = self.latest.get(namespace)
        self.latest[namespace] = seen
        if self.heard:
            self.heard(before, seen)
        self._answer(namespace, seen)

    def _answer(self, namespace: str, seen: Seen) -> None:
        still = []
        for wanted, future in self._waiting.pop(namespace, ()):
            if future.done():
                continue
            if wanted(seen):
                future.set_result(seen)
            else:
                still.append((wanted, future))
        if still:
            self._waiting[namespace] = still

    def _fail(self, error: Exception) -> None:
        """Let everybody know who waits, now or later."""
        self._failure = error
        for waiting in self._waiting.values():
            for _, future in waiting:
                if not future.done():
                    future.set_exception(error)


async def all_seen(
    waiting: Mapping[str, asyncio.Future[Seen]], within: float, what: str
) -> dict[str, Seen]:
    """Every one of them, by namespace; BenchError where some do not come."""
    await asyncio.wait(waiting.values(), timeout=within)
    missing = sorted(name for name, future in waiting.items() if not future.done())
    if missing:
        names = ", ".join(missing[:NAMED])
        raise BenchError(
            f"{what}: {len(missing)} of {len(waiting)} statuses did not come in {within:.0f} s:"
            f" {names}{' …' if len(missing) > NAMED else ''}"
        )
    # All are asked, since asyncio complains of each error that nobody looks at.
    errors = [error for future in waiting.values() if (error := future.exception())]
    if errors:
        raise errors[0]
    return {name: future.result() for name, future in waiting.items()}


def _seen(raw: bytes, now: float) -> Seen:
    status = msgspec.json.decode(raw, type=_Status)
    return Seen(
        now,
        raw,
        {control.id: control.result for control in status.controls},
        frozenset((finding.check, finding.object) for finding in status.findings),
    )
