"""The least that an HTTP client of the API server can be: what the operator is measured against."""

import asyncio
import re
import ssl
from collections.abc import Coroutine, Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import aiohttp
import msgspec
from msgspec import Struct

from tests.bench.fleet.errors import BenchError

Json = dict[str, Any]

MERGE = "application/merge-patch+json"
SUCCESS = range(200, 300)
ABSENT = 404
CHUNK = 1 << 16
CONTINUE = re.compile(rb'"continue":"([^"]*)"')
PATIENCE = 120.0
"""Seconds for one answer: a busy API server is slow, and one that is silent for so long is gone."""


class Page(Struct, frozen=True):
    """What is kept of a page that was read and thrown away."""

    length: int
    next_page: str


class Api:
    """Requests of one user; any answer but a success is a BenchError."""

    def __init__(self, url: str, ca_file: Path, token: str) -> None:
        """``token``: the user's bearer token."""
        self._url = url
        self._tls = ssl.create_default_context(cafile=str(ca_file))
        self._headers = {"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"}

    async def __aenter__(self) -> Self:
        """Open the connections."""
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, ssl=self._tls),
            headers=self._headers,
            timeout=aiohttp.ClientTimeout(total=PATIENCE),
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close them."""
        await self._session.close()

    async def send(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        *,
        params: Mapping[str, str] | None = None,
        content_type: str = "application/json",
        absent: bool = False,
    ) -> bytes:
        """The answer's body; ``absent``: a 404 is fine too."""
        headers = {"Content-Type": content_type}
        request = self._session.request(
            method, self._url + path, data=body, params=params, headers=headers
        )
        async with request as response:
            answer = await response.read()
        if response.status in SUCCESS or (absent and response.status == ABSENT):
            return answer
        told = answer[:500].decode(errors="replace")
        raise BenchError(f"{method} {path}: {response.status} {told}")

    async def create(self, collection: str, manifest: Json) -> Json:
        """Create one object; return it as stored."""
        answer = await self.send("POST", collection, msgspec.json.encode(manifest))
        return msgspec.json.decode(answer, type=dict)

    async def merge(self, path: str, patch: Json) -> None:
        """A JSON merge patch."""
        await self.send("PATCH", path, msgspec.json.encode(patch), content_type=MERGE)

    async def discard(self, path: str, params: Mapping[str, str]) -> Page:
        """Read one page of a LIST and decode nothing of it but how to go on."""
        async with self._session.get(self._url + path, params=params) as response:
            if response.status not in SUCCESS:
                raise BenchError(f"GET {path}: {response.status} {await response.text()}")
            length, head = 0, b""
            async for chunk in response.content.iter_chunked(CHUNK):
                head = head or chunk
                length += len(chunk)
        # A list's metadata comes before its items.
        found = CONTINUE.search(head.partition(b'"items"')[0])
        return Page(length, found[1].decode() if found else "")

    def watch(self, path: str, params: Mapping[str, str]) -> Any:
        """An open watch, to be entered; it ends only with its connection."""
        return self._session.get(
            self._url + path,
            params={"watch": "true", **params},
            timeout=aiohttp.ClientTimeout(total=None),
        )


async def pooled(workers: int, work: Iterable[Coroutine[Any, Any, object]]) -> None:
    """Await all of ``work``, so many at once; what one raises ends them all."""
    queue = iter(work)

    async def worker() -> None:
        for each in queue:
            await each

    async with asyncio.TaskGroup() as group:
        for _ in range(workers):
            group.create_task(worker())
