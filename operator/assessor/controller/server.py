"""/healthz, /readyz and /metrics over HTTP or HTTPS."""

import ssl
from collections.abc import Awaitable, Callable
from http import HTTPStatus

from aiohttp import web

from assessor.adapters.metrics_access import LONGEST_TOKEN, Refusal

Probe = Callable[[], str | None]
"""Returns None where all is well, else the reason in one line."""

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]

Guard = Callable[[str], Awaitable[Refusal | None]]
"""Told the Authorization header; returns why the metrics are not shown, None where they are."""

Rendered = tuple[bytes, str]
"""A body and its content type."""

LONGEST_HEADER = LONGEST_TOKEN + 256
"""Characters: aiohttp's own 8,190 are less than what some identity providers write."""


class ProbeServer:
    """Serves two probes and the metrics."""

    def __init__(
        self,
        host: str,
        port: int,
        *,
        healthy: Probe,
        ready: Probe,
        metrics: Callable[[], Rendered],
        guard: Guard | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """``port`` 0 picks a free one, told by ``port`` after ``start``.

        Without ``guard`` everybody may read the metrics; the probes are open in any case.
        """
        self._host, self.port, self._tls = host, port, tls
        app = web.Application()
        app.router.add_get("/healthz", _probe(healthy))
        app.router.add_get("/readyz", _probe(ready))
        app.router.add_get("/metrics", _metrics(metrics, guard))
        self._runner = web.AppRunner(app, access_log=None, max_field_size=LONGEST_HEADER)

    async def start(self) -> None:
        """Listen; OSError where the address is taken."""
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._host, self.port, ssl_context=self._tls)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Close the listener and its connections."""
        await self._runner.cleanup()


def _probe(check: Probe) -> Answer:
    async def answer(_: web.Request) -> web.Response:
        reason = check()
        if reason is None:
            return web.Response(text="ok\n")
        return web.Response(text=f"{reason}\n", status=503)

    return answer


def _metrics(render: Callable[[], Rendered], guard: Guard | None) -> Answer:
    async def answer(request: web.Request) -> web.Response:
        if guard and (refusal := await guard(request.headers.get("Authorization", ""))):
            return _refused(refusal)
        body, content_type = render()
        return web.Response(body=body, headers={"Content-Type": content_type})

    return answer


def _refused(refusal: Refusal) -> web.Response:
    """RFC 9110, 15.5.2: a 401 names the scheme that is wanted."""
    wanted = refusal.status is HTTPStatus.UNAUTHORIZED
    headers = {"WWW-Authenticate": "Bearer"} if wanted else {}
    return web.Response(text=f"{refusal.reason}\n", status=refusal.status, headers=headers)
