"""The proxy's side towards its client: an answer that may end as no HTTP answer should."""

import asyncio
import json
import socket
import struct
from collections.abc import Mapping
from typing import NoReturn

from aiohttp import web

ABORT_ON_CLOSE = struct.pack("ii", 1, 0)
"""SO_LINGER of no time: closing sends RST (socket(7))."""


class Ended(Exception):  # noqa: N818 - it is no error, it is how an exchange ends early
    """Nothing more follows, whether the answer is whole or not."""


class Downstream:
    """One answer on its way to the client."""

    def __init__(self, request: web.BaseRequest) -> None:
        """Nothing is sent before ``begin`` or ``answer``."""
        self._request = request
        self._status, self._content_type = 200, "application/json"
        self.response = web.StreamResponse()

    async def begin(self, status: int, content_type: str, *, stream: bool) -> None:
        """Set what the answer is; a stream's headers are sent now, others' with the body."""
        self.response.set_status(status)
        self.response.headers["Content-Type"] = content_type
        if stream:
            self.response.enable_chunked_encoding()
            await self.response.prepare(self._request)

    async def write(self, data: bytes, *, of: int | None = None) -> None:
        """Send; ``of``: how long a body is said to be of which ``data`` is only a part."""
        if not self.response.prepared:
            self.response.content_length = len(data) if of is None else of
            await self.response.prepare(self._request)
        await self.response.write(data)

    async def answer(self, code: int, body: bytes, headers: Mapping[str, str]) -> NoReturn:
        """Answer, and end."""
        self.response.set_status(code)
        self.response.headers["Content-Type"] = "application/json"
        self.response.headers.update(headers)
        await self.write(body)
        raise Ended

    def close(self) -> NoReturn:
        """End the connection in good order, wherever the answer is."""
        if self._request.transport is not None:
            self._request.transport.close()
        raise Ended

    def reset(self) -> NoReturn:
        """Break the connection."""
        transport = self._request.transport
        if transport is not None:
            raw: socket.socket | None = transport.get_extra_info("socket")
            if raw is not None:
                # Else the client was faster.
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, ABORT_ON_CLOSE)
            transport.abort()
        raise Ended

    async def hang(self) -> NoReturn:
        """Send nothing until the client gives up, which cancels this."""
        await asyncio.get_running_loop().create_future()
        raise AssertionError("nobody completes that future")


def status_body(code: int, reason: str, message: str) -> bytes:
    """A metav1.Status of a failure, as JSON."""
    return json.dumps(
        {
            "kind": "Status",
            "apiVersion": "v1",
            "status": "Failure",
            "code": code,
            "reason": reason,
            "message": message,
        }
    ).encode()
