"""The HTTP client: requests and watches, with the current credentials, in the kernel's errors."""

import errno
import os
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Mapping
from contextlib import aclosing, asynccontextmanager, contextmanager
from http import HTTPStatus

import aiohttp
from msgspec import Struct

from assessor import __version__
from assessor.adapters.answers import status_error
from assessor.adapters.credentials import Connection, CredentialSource, TlsIdentity
from assessor.adapters.tls import tls_context
from assessor.kernel.clock import Clock
from assessor.kernel.errors import (
    ClusterError,
    OversizedError,
    UnauthorizedError,
    UnreachableError,
)

OnRequest = Callable[[str, str, float], None]
"""Told of each request: its method, the answer's code or the error's name, seconds to either."""

USER_AGENT = f"kube-assessor/{__version__}"

CONNECT_TIMEOUT = 10.0
"""Seconds until a server that does not even accept is given up."""

IDLE_TIMEOUT = 90.0
"""Seconds without a byte until a watch is given up: an idle one brings a bookmark a minute."""


class _Call(Struct, frozen=True):
    """One request, without what may change between its attempts."""

    method: str
    path: str
    params: Mapping[str, str] | None
    timeout: aiohttp.ClientTimeout
    body: bytes | None = None
    content_type: str = ""

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


class ApiClient:
    """Talks to one API server over pooled connections; made for one event loop."""

    def __init__(
        self,
        source: CredentialSource,
        clock: Clock,
        *,
        user_agent: str = USER_AGENT,
        request_timeout: float = 30.0,
        idle_timeout: float = IDLE_TIMEOUT,
        on_request: OnRequest | None = None,
    ) -> None:
        """``request_timeout``: seconds for a whole request; watches have none.

        ``idle_timeout``: seconds without a byte after which a watch is an UnreachableError.
        """
        self._source, self._clock = source, clock
        self._user_agent = user_agent
        self._timeout = aiohttp.ClientTimeout(total=request_timeout, sock_connect=CONNECT_TIMEOUT)
        self._idle_timeout = idle_timeout
        self._on_request = on_request or _ignore
        self._session: aiohttp.ClientSession | None = None
        self._tls: tuple[TlsIdentity, ssl.SSLContext] | None = None

    async def get(
        self,
        path: str,
        params: Mapping[str, str] | None = None,
        *,
        at_most: int | None = None,
    ) -> bytes:
        """The body of a GET; raises ClusterErrors, OversizedError beyond ``at_most`` bytes."""
        call = _Call("GET", path, params, self._timeout)
        response = await self._open(call)
        try:
            with _unreachable(str(call)):
                return await _body(response, at_most, str(call))
        except OversizedError:
            # What is left of it is not read, so the connection serves nothing else.
            response.close()
            raise
        finally:
            response.release()

    async def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        body: bytes | None = None,
        content_type: str = "application/json",
    ) -> bytes:
        """The body of the answer; raises ClusterErrors."""
        call = _Call(method, path, params, self._timeout, body, content_type)
        response = await self._open(call)
        with _unreachable(str(call)):
            async with response:
                return await response.read()

    @asynccontextmanager
    async def watch(
        self, path: str, params: Mapping[str, str]
    ) -> AsyncIterator[AsyncIterator[bytes]]:
        """Open a watch; entered when the server has accepted it. Yields its complete lines."""
        timeout = aiohttp.ClientTimeout(
            total=None, sock_connect=CONNECT_TIMEOUT, sock_read=self._idle_timeout
        )
        call = _Call("GET", path, params, timeout)
        response = await self._open(call)
        try:
            async with aclosing(_lines(response.content, f"watch {path}")) as lines:
                yield lines
        finally:
            # Not released: what is left in a watch's stream belongs to no other request.
            response.close()

    async def aclose(self) -> None:
        """Close all connections."""
        if self._session is not None:
            await self._session.close()

    async def _open(self, call: _Call) -> aiohttp.ClientResponse:
        """Send, and once more where a 401 led to other credentials."""
        connection = self._source.current()
        try:
            return await self._send(call, connection)
        except UnauthorizedError:
            renewed = self._source.reload()
            if renewed == connection:
                raise
        return await self._send(call, renewed)

    async def _send(self, call: _Call, connection: Connection) -> aiohttp.ClientResponse:
        """One attempt, up to the answer's headers; an error answer is raised."""
        started = self._clock.monotonic()
        try:
            with _unreachable(str(call)):
                response = await self._exchange(call, connection)
        except ClusterError as error:
            self._report(call, type(error).__name__, started)
            raise
        self._report(call, str(response.status), started)
        if response.status < HTTPStatus.MULTIPLE_CHOICES:
            return response
        with _unreachable(str(call)):
            async with response:
                body = await response.read()
        raise status_error(response.status, body, response.headers, self._clock.now())

    async def _exchange(self, call: _Call, connection: Connection) -> aiohttp.ClientResponse:
        headers = {}
        if connection.token:
            headers["Authorization"] = f"Bearer {connection.token}"
        if call.body is not None:
            headers["Content-Type"] = call.content_type
        return await self._opened_session().request(
            call.method,
            connection.server + call.path,
            params=call.params,
            data=call.body,
            headers=headers,
            ssl=self._tls_context(connection),
            server_hostname=connection.tls_server_name,
            proxy=connection.proxy_url,
            timeout=call.timeout,
            allow_redirects=False,
        )

    def _opened_session(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                # Each watch holds a connection; what is short is bounded by its callers.
                connector=aiohttp.TCPConnector(limit=0),
                cookie_jar=aiohttp.DummyCookieJar(),
                # Packing and unpacking a LIST costs more than the cluster's network.
                headers={
                    "User-Agent": self._user_agent,
                    "Accept": "application/json",
                    "Accept-Encoding": "identity",
                },
            )
        return self._session

    def _tls_context(self, connection: Connection) -> ssl.SSLContext:
        """The context of the current certificates; another one makes new connections."""
        identity = connection.tls
        if self._tls is None or self._tls[0] != identity:
            self._tls = identity, tls_context(connection)
        return self._tls[1]

    def _report(self, call: _Call, outcome: str, started: float) -> None:
        self._on_request(call.method, outcome, self._clock.monotonic() - started)


async def _body(response: aiohttp.ClientResponse, at_most: int | None, what: str) -> bytes:
    if at_most is None:
        return await response.read()
    parts: list[bytes] = []
    size = 0
    async for part in response.content.iter_any():
        parts.append(part)
        size += len(part)
        if size > at_most:
            raise OversizedError(f"{what}: longer than {at_most} bytes")
    return b"".join(parts)


async def _lines(content: aiohttp.StreamReader, what: str) -> AsyncGenerator[bytes, None]:
    """Complete lines of any length: the reader's own ``readline`` has a limit."""
    parts: list[bytes] = []
    while True:
        with _unreachable(what):
            chunk = await content.readany()
        if not chunk:
            break
        first, *others = chunk.split(b"\n")
        parts.append(first)
        for following in others:
            yield b"".join(parts)
            parts = [following]
    if any(parts):
        raise UnreachableError(f"{what}: cut off in the middle of a line")


@contextmanager
def _unreachable(what: str) -> Iterator[None]:
    """Raise what the network does to us as an UnreachableError."""
    try:
        yield
    except TimeoutError as error:
        raise UnreachableError(f"{what}: timed out") from error
    except aiohttp.ClientConnectorError as error:
        place = f"{error.host}:{error.port}"
        raise UnreachableError(f"cannot connect to {place}: {_reason(error)}") from error
    except (aiohttp.ClientError, OSError) as error:
        raise UnreachableError(f"{what}: {type(error).__name__}: {error}") from error


def _reason(error: aiohttp.ClientConnectorError) -> str:
    """The system's words; asyncio's repeat the address, aiohttp's show its objects."""
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return str(error.certificate_error)
    number = error.os_error.errno or 0
    known = os.strerror(number) if number in errno.errorcode else error.os_error.strerror
    return known or str(error.os_error)


def _ignore(_method: str, _outcome: str, _seconds: float) -> None:
    """Nobody counts."""
