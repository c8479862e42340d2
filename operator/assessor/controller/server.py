"""/healthz, /readyz and /metrics over HTTP."""

from collections.abc import Awaitable, Callable

from aiohttp import web

Probe = Callable[[], str | None]
"""Returns None where all is well, else the reason in one line."""

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]

Rendered = tuple[bytes, str]
"""A body and its content type."""


class ProbeServer:
    """Serves two probes and the metrics."""

    def __init__(
        self, host: str, port: int, *, healthy: Probe, ready: Probe, metrics: Callable[[], Rendered]
    ) -> None:
        """``port`` 0 picks a free one, told by ``port`` after ``start``."""
        self._host, self.port = host, port
        app = web.Application()
        app.router.add_get("/healthz", _probe(healthy))
        app.router.add_get("/readyz", _probe(ready))
        app.router.add_get("/metrics", _metrics(metrics))
        self._runner = web.AppRunner(app, access_log=None)

    async def start(self) -> None:
        """Listen; OSError where the address is taken."""
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._host, self.port)
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


def _metrics(render: Callable[[], Rendered]) -> Answer:
    async def answer(_: web.Request) -> web.Response:
        body, content_type = render()
        return web.Response(body=body, headers={"Content-Type": content_type})

    return answer
