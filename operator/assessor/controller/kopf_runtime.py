"""kopf in a thread and loop of its own: what becomes of our kind's definition, as hints.

kopf ends itself on a watch's HTTP 410 or 400, on garbled lines and on errors of its own; the main
loop's informers must not end with it. So it runs supervised: when it ends, it is started again.
"""

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable
from typing import Any

import structlog

from assessor.adapters.backoff import Backoff
from assessor.adapters.credentials import CredentialSource
from assessor.controller import kopf_setup

RESTART_DELAY = (1.0, 60.0)
"""First and longest seconds before kopf is started again after it ended: each start makes it read
what the API server serves, and us list our kind if that is missing."""

STOP_TIMEOUT = 5.0
"""Seconds that kopf is given to end."""

IDENTITY: Any = "kube-assessor"
"""Names this operator among kopf's peers, of which it has none. Left to itself kopf asks for the
user's name and ends where there is none, as under the numeric user of a container."""

log = structlog.stdlib.get_logger(__name__)


class KopfRuntime:
    """Supervises kopf. ``on_restart`` is called in its thread before each start after the first."""

    def __init__(
        self,
        source: CredentialSource,
        on_event: kopf_setup.OnEvent,
        on_restart: Callable[[], None],
        *,
        silence: float,
    ) -> None:
        """Prepare; nothing runs before ``start``.

        ``silence``: seconds after which a watch that brings nothing is taken for dead.
        """
        self._source = source
        self._on_event = on_event
        self._on_restart = on_restart
        self._silence = silence
        self._ends = 0
        self._begun: float | None = None
        self._stopping = threading.Event()
        self._ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop_flag: asyncio.Event | None = None
        self._thread = threading.Thread(target=self._supervise, name="kopf", daemon=True)

    @property
    def alive(self) -> bool:
        """Whether the supervising thread runs."""
        return self._thread.is_alive()

    @property
    def ready(self) -> bool:
        """Whether kopf has started its watches at least once."""
        return self._ready.is_set()

    @property
    def ends(self) -> int:
        """How often it has ended in a row; a run of a minute, also this one, begins a new row."""
        begun = self._begun
        runs_well = begun is not None and time.monotonic() - begun > RESTART_DELAY[1]
        return 0 if runs_well else self._ends

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    async def stop(self) -> None:
        """Ask kopf to end, and wait for it for ``STOP_TIMEOUT`` seconds at most."""
        self._stopping.set()
        if self._loop and self._stop_flag:
            # The loop may have closed by itself in this very moment.
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._stop_flag.set)
        await asyncio.to_thread(self._thread.join, STOP_TIMEOUT)

    def _supervise(self) -> None:
        delay = Backoff(*RESTART_DELAY)
        while not self._stopping.is_set():
            begun = self._begun = time.monotonic()
            try:
                asyncio.run(self._run_once())
                reason = "ended"
            except Exception as error:  # noqa: BLE001 - whatever ends kopf must not end us
                reason = f"{type(error).__name__}: {error}"
            if self._stopping.is_set():
                return
            self._begun = None
            if time.monotonic() - begun > RESTART_DELAY[1]:
                delay.reset()
                self._ends = 0
            self._ends += 1
            seconds = delay.next()
            log.warning("kopf ended and is started again", reason=reason, in_seconds=seconds)
            self._stopping.wait(seconds)
            if not self._stopping.is_set():
                self._on_restart()

    async def _run_once(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop_flag = asyncio.Event()
        if self._stopping.is_set():
            return
        await kopf_setup.kopf.operator(
            registry=kopf_setup.registry(self._source, self._on_event),
            settings=kopf_setup.settings(self._silence),
            clusterwide=True,
            standalone=True,
            identity=IDENTITY,
            stop_flag=self._stop_flag,
            ready_flag=self._ready,
        )
