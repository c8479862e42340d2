"""Child processes that never outlive their parent, with their output in a file."""

import ctypes
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

PR_SET_PDEATHSIG = 1
STOP_TIMEOUT = 10.0
"""Seconds from SIGTERM to SIGKILL."""
LINES_TOLD = 15

# Loaded before any fork: between fork and exec nothing may be imported.
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


class Child:
    """One process; ``log`` holds all that it printed."""

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        log: Path,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Start it; ``environment`` replaces the inherited one."""
        self.name, self.log = name, log
        with log.open("ab") as output:
            self._process = subprocess.Popen(  # noqa: S603 - the playground's own programs
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=environment,
                # Its own group: Ctrl-C reaches the parent alone, which ends the children in order.
                process_group=0,
                preexec_fn=die_with_parent,  # noqa: PLW1509 - it calls one loaded C function
            )

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    @property
    def exit_code(self) -> int | None:
        """What it ended with, a signal's number negative; None while it runs."""
        return self._process.poll()

    def signal(self, number: signal.Signals) -> None:
        """Send a signal, as long as it runs."""
        self._process.send_signal(number)

    def stop(self, timeout: float = STOP_TIMEOUT) -> int:
        """End it with SIGTERM, after ``timeout`` seconds with SIGKILL; return its exit code."""
        self._process.terminate()
        try:
            return self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            return self.kill()

    def kill(self) -> int:
        """End it at once."""
        self._process.kill()
        return self._process.wait()

    def last_words(self) -> str:
        """The end of its log, for messages."""
        if not self.log.exists():
            # Its folder goes with the control plane.
            return ""
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(lines[-LINES_TOLD:])


def runs(pid: int) -> bool:
    """Whether a process with this id exists."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


@contextmanager
def undisturbed() -> Iterator[None]:
    """Do what must be done whole; signals that come meanwhile take effect at its end."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    received: list[int] = []
    # Handlers, as they do not pass to the processes that are started here; ignoring would.
    before = {
        number: signal.signal(number, lambda caught, _: received.append(caught))
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
        for caught in received[:1]:
            signal.raise_signal(caught)


def die_with_parent() -> None:
    """Ask the kernel for SIGKILL when the parent is gone, however it ends (prctl(2)).

    The kernel means the thread that started it, so that one must live as long. Only Linux can;
    elsewhere a parent that is killed leaves its children behind.
    """
    if _LIBC is not None:
        _LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
