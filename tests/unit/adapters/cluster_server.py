"""What a Transport can experience, scripted: lists, watches, and every way in which they fail.

A real API server garbles no line and denies no watch that it has just granted; the informers'
tests need just that. What a real one does is tested on a real one.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from assessor.kernel.errors import NotFoundError

Json = dict[str, Any]
END = None
"""Ends a watch as a server does that has had enough."""


class ManualClock:
    """A monotonic clock that is moved by hand."""

    def __init__(self) -> None:
        """Start anywhere but at zero."""
        self.seconds = 1000.0

    def monotonic(self) -> float:
        """Seconds that only grow."""
        return self.seconds

    def now(self) -> Any:
        """Never asked for by an informer."""
        raise NotImplementedError


class ClusterServer:
    """Objects by collection path; what changes goes to the watches that are open."""

    def __init__(self) -> None:
        """Serve nothing; every collection is empty until something is put into it."""
        self.version = 1
        self.objects: dict[str, dict[tuple[str, str], Json]] = {}
        self.fail_list: dict[str, Exception] = {}
        self.fail_watch: dict[str, Exception] = {}
        self.hold_list: dict[str, asyncio.Event] = {}
        """Lists that are answered only when their event is set."""
        self.end_watches: set[str] = set()
        """Paths whose watches open and end at once."""
        self.apis: dict[str, list[str]] = {}
        self.fail_discovery: Exception | None = None
        self.unlisted = False
        """Leave all groups out of the list of groups, as a server does that has just started."""
        self.absent_once: set[str] = set()
        """Paths of discovery that are not found when they are asked for next."""
        self.hang: set[str] = set()
        """Paths of discovery that are never answered."""
        self.discoveries: list[str] = []
        self.lists: list[str] = []
        self.watches: list[tuple[str, str]] = []
        """Path and resourceVersion of each."""
        self._streams: dict[str, asyncio.Queue[bytes | Exception | None]] = {}

    # ── the port ──────────────────────────────────────────────────────────────────────────────

    async def get(
        self, path: str, params: Mapping[str, str], *, at_most: int | None = None
    ) -> bytes:
        """A collection, in pages where asked, or what an API group serves; none is too long."""
        del at_most
        if "limit" not in params:
            if path in self.hang:
                await asyncio.Event().wait()
            return self._discover(path)
        if path in self.fail_list:
            raise self.fail_list[path]
        self.lists.append(path)
        if path in self.hold_list:
            await self.hold_list[path].wait()
        items = list(self.objects.get(path, {}).values())
        begin, size = int(params.get("continue", 0)), int(params["limit"])
        more = str(begin + size) if begin + size < len(items) else ""
        meta = {"resourceVersion": str(self.version), "continue": more}
        return json.dumps({"metadata": meta, "items": items[begin : begin + size]}).encode()

    @asynccontextmanager
    async def watch(self, path: str, params: Mapping[str, str]) -> AsyncIterator[Any]:
        """Lines as they are sent; an exception that is sent is raised."""
        self.watches.append((path, params["resourceVersion"]))
        if path in self.fail_watch:
            raise self.fail_watch[path]
        stream = self._streams[path] = asyncio.Queue()
        if path in self.end_watches:
            stream.put_nowait(END)
        try:
            yield _lines(stream)
        finally:
            if self._streams.get(path) is stream:
                del self._streams[path]

    # ── what happens ──────────────────────────────────────────────────────────────────────────

    def put(self, path: str, manifest: Json, *, seen: bool = True) -> None:
        """Create or change an object; unless ``seen``, no watch hears of it."""
        collection, key = self.objects.setdefault(path, {}), _key(manifest)
        kind = "MODIFIED" if key in collection else "ADDED"
        self.version += 1
        manifest["metadata"]["resourceVersion"] = str(self.version)
        collection[key] = manifest
        if seen:
            self.event(path, kind, manifest)

    def remove(self, path: str, namespace: str, name: str, *, seen: bool = True) -> None:
        """Delete an object; unless ``seen``, no watch hears of it."""
        gone = self.objects[path].pop((namespace, name))
        self.version += 1
        gone["metadata"]["resourceVersion"] = str(self.version)
        if seen:
            self.event(path, "DELETED", gone)

    def event(self, path: str, kind: str, manifest: Json) -> None:
        """Send one event to the collection's watch, if one is open."""
        self.send(path, json.dumps({"type": kind, "object": manifest}).encode())

    def send(self, path: str, line: bytes | Exception | None) -> None:
        """Send a line as it is, raise an error in the watch, or END it."""
        if path in self._streams:
            self._streams[path].put_nowait(line)

    def watching(self, path: str) -> bool:
        """Whether a watch is open."""
        return path in self._streams

    def _discover(self, path: str) -> bytes:
        self.discoveries.append(path)
        if self.fail_discovery:
            raise self.fail_discovery
        if path in self.fail_list:
            raise self.fail_list[path]
        if path == "/apis":
            groups = self._groups()
            self.absent_once.clear()
            return json.dumps({"groups": groups}).encode()
        if path in self.absent_once:
            self.absent_once.discard(path)
            raise NotFoundError(404, "NotFound", path)
        for group in self._groups(unlisted=False):
            if path == f"/apis/{group['name']}":
                return json.dumps(group).encode()
        if path not in self.apis:
            raise NotFoundError(404, "NotFound", path)
        return json.dumps({"resources": [{"name": name} for name in self.apis[path]]}).encode()

    def _groups(self, *, unlisted: bool | None = None) -> list[Json]:
        versions: dict[str, list[Json]] = {}
        for path in self.apis:
            group, version = path.removeprefix("/apis/").split("/")
            if f"/apis/{group}" not in self.absent_once or unlisted is False:
                versions.setdefault(group, []).append({"version": version})
        if self.unlisted if unlisted is None else unlisted:
            return []
        return [{"name": group, "versions": listed} for group, listed in versions.items()]


async def _lines(stream: "asyncio.Queue[bytes | Exception | None]") -> AsyncIterator[bytes]:
    while (line := await stream.get()) is not END:
        if isinstance(line, Exception):
            raise line
        yield line


def _key(manifest: Json) -> tuple[str, str]:
    meta = manifest["metadata"]
    return str(meta.get("namespace", "")), str(meta["name"])


def account(name: str, namespace: str = "a", **fields: Any) -> Json:
    """A ServiceAccount."""
    return {
        "metadata": {"name": name, "namespace": namespace, "uid": f"{namespace}/{name}"}
    } | fields


async def until(look: Any, *, within: float = 2.0) -> None:
    """Let other tasks run until ``look()`` holds; AssertionError after ``within`` seconds."""
    deadline = asyncio.get_running_loop().time() + within
    while not look():
        assert asyncio.get_running_loop().time() < deadline, "it did not come to that"
        await asyncio.sleep(0.001)
