"""A TLS-terminating proxy before the API server, whose faults are switched at run time."""

import asyncio
import contextlib
import re
import ssl
import threading
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

import aiohttp
from aiohttp import web
from yarl import URL

from playground.controlplane import LOOPBACK
from tests.faults.downstream import Downstream, Ended
from tests.faults.faults import Fault

START_TIMEOUT = 10.0
CLOSING = 0.3
"""Seconds."""
DROPPED = {"host", "accept-encoding", "connection", "content-length", "transfer-encoding"}
"""Request headers that are the connection's own, or that would hide the body from faults."""
VERBS = {"POST": "create", "PATCH": "patch", "PUT": "update", "DELETE": "delete"}


class Rule:
    """A fault, and the exchanges that it befalls."""

    def __init__(self, fault: Fault, verb: str, path: str, about: str, times: int | None) -> None:
        """As `Proxy.inject`."""
        self._verb, self._path = verb, re.compile(path)
        self._about, self._left = about.encode(), times
        self.fault = fault
        self.hits: list[float] = []
        """When it struck, on the monotonic clock."""

    def strikes(self, stage: str, verb: str, path: str, data: bytes = b"") -> bool:
        """Whether the fault acts at this stage of this exchange; counts it if so.

        ``stage`` is the name of a method of Fault; ``data`` what an answer holds.
        """
        if self._left == 0 or self._verb not in ("", verb) or not self._path.search(path):
            return False
        # What is said about one object can only be known of an answer.
        if self._about not in data:
            return False
        if getattr(type(self.fault), stage) is getattr(Fault, stage):
            return False
        self.hits.append(time.monotonic())
        self._left = None if self._left is None else self._left - 1
        return True


class Proxy:
    """Runs in a thread of its own between entering and leaving."""

    def __init__(self, upstream: str, ca_file: Path, certificate: Path, key: Path) -> None:
        """Hand requests on to ``upstream``; be a server of this ``certificate``."""
        self._upstream = upstream
        self._client_tls = ssl.create_default_context(cafile=str(ca_file))
        self._server_tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self._server_tls.load_cert_chain(certificate, key)
        self._rules: tuple[Rule, ...] = ()
        self._open: dict[asyncio.Task[object], str] = {}
        self._loop = asyncio.new_event_loop()
        self._started, self._stop = threading.Event(), asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="fault proxy", daemon=True)
        self.url = ""

    def __enter__(self) -> Self:
        """Listen on a free port of loopback."""
        self._thread.start()
        assert self._started.wait(START_TIMEOUT), "the proxy did not start"
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End all connections and the thread."""
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(START_TIMEOUT)

    @contextlib.contextmanager
    def inject(
        self,
        fault: Fault,
        *,
        verb: str = "",
        path: str = "",
        about: str = "",
        times: int | None = None,
    ) -> Iterator[Rule]:
        """Let ``fault`` befall what matches, within the block, at most ``times``.

        ``verb``: get (and list), watch, create, patch. ``path``: a regular expression searched in
        the URL's path and query. ``about``: text in the answer's body or the watch's line.
        """
        rule = Rule(fault, verb, path, about, times)
        self._rules = (*self._rules, rule)
        try:
            yield rule
        finally:
            self._rules = tuple(each for each in self._rules if each is not rule)

    def cut(self, path: str = "") -> None:
        """Break the connections of open requests, watches above all, whose path matches."""
        self._loop.call_soon_threadsafe(self._cut, re.compile(path))

    # ── in the thread ─────────────────────────────────────────────────────────────────────────

    def _run(self) -> None:
        with contextlib.closing(self._loop) as loop:
            loop.run_until_complete(self._serve())
            loop.run_until_complete(loop.shutdown_default_executor())

    async def _serve(self) -> None:
        connector = aiohttp.TCPConnector(limit=0, ssl=self._client_tls)
        timeout = aiohttp.ClientTimeout(total=None)
        async with aiohttp.ClientSession(
            connector=connector, timeout=timeout, cookie_jar=aiohttp.DummyCookieJar()
        ) as self._session:
            # A client that goes takes its request to the API server with it.
            server = web.Server(self._handle, handler_cancellation=True, access_log=None)
            runner = web.ServerRunner(server, shutdown_timeout=0.1)
            await runner.setup()
            site = web.TCPSite(runner, LOOPBACK, 0, ssl_context=self._server_tls)
            await site.start()
            self.url = f"https://{LOOPBACK}:{runner.addresses[0][1]}"
            self._started.set()
            await self._stop.wait()
            await runner.cleanup()
        # What was closed is gone only when the loop has turned: TLS takes leave of its peer.
        await asyncio.sleep(CLOSING)

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        out = Downstream(request)
        task = asyncio.current_task()
        assert task is not None
        self._open[task] = request.path_qs
        try:
            await self._exchange(request, out)
        except asyncio.CancelledError:
            with contextlib.suppress(Ended):
                out.reset()
        except Ended:
            pass
        finally:
            del self._open[task]
        return out.response

    async def _exchange(self, request: web.BaseRequest, out: Downstream) -> None:
        verb, path = _verb(request), request.path_qs
        target = self._fault("target", verb, path).target(request.raw_path)
        await self._fault("ask", verb, path).ask(out)
        async with self._asked(request, target, out) as answer:
            stream = verb == "watch" and answer.ok
            await out.begin(answer.status, answer.content_type, stream=stream)
            if stream:
                async for line in _lines(answer.content):
                    await self._fault("deliver", verb, path, line).deliver(line, out)
            else:
                data = await answer.read()
                await self._fault("deliver", verb, path, data).deliver(data, out)

    @contextlib.asynccontextmanager
    async def _asked(
        self, request: web.BaseRequest, target: str, out: Downstream
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """The API server's answer; while there is no API server, connections break."""
        headers = {k: v for k, v in request.headers.items() if k.lower() not in DROPPED}
        url = URL(self._upstream + target, encoded=True)
        body = await request.read()
        try:
            async with self._session.request(
                request.method, url, headers=headers, data=body or None
            ) as answer:
                yield answer
        except (aiohttp.ClientConnectionError, aiohttp.ClientPayloadError):
            out.reset()

    def _fault(self, stage: str, verb: str, path: str, data: bytes = b"") -> Fault:
        """The newest rule's that strikes; none does no harm."""
        for rule in reversed(self._rules):
            if rule.strikes(stage, verb, path, data):
                return rule.fault
        return Fault()

    def _cut(self, path: re.Pattern[str]) -> None:
        for task, open_path in tuple(self._open.items()):
            if path.search(open_path):
                task.cancel()


def _verb(request: web.BaseRequest) -> str:
    if request.method == "GET":
        return "watch" if request.query.get("watch") in ("true", "1") else "get"
    return VERBS[request.method]


async def _lines(content: aiohttp.StreamReader) -> AsyncIterator[bytes]:
    """Complete lines, however long."""
    pending = b""
    async for chunk in content.iter_any():
        *lines, pending = (pending + chunk).split(b"\n")
        for line in lines:
            yield line + b"\n"
