"""`make up` and `make down`: a playground that keeps running, held by a process of its own."""

import contextlib
import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct, convert, to_builtins

from playground import binary, folders, installation
from playground.client import NO_ANSWER
from playground.controlplane import ControlPlane
from playground.errors import PlaygroundError
from playground.operator_process import OperatorProcess
from playground.processes import runs, undisturbed

FOLDER = installation.ROOT / ".playground"
STATE = FOLDER / "state.json"
LOG = FOLDER / "playground.log"
START_TIMEOUT = 120.0
STOP_TIMEOUT = 30.0
TOKEN_RETRY = 5.0


class State(Struct, frozen=True):
    """What a playground leaves to be found by, from its first moment; paths as text."""

    pid: int
    kubeconfig: str
    operator_log: str
    ready: bool = False


def up() -> None:
    """Start a playground, or find the running one; the last line printed is for the shell."""
    with _alone():
        state = running()
        if state is None:
            state = _start()
            print("The playground runs: the samples are applied, and the operator judges them.")
        else:
            state = _await_ready(state.pid)
            print("The playground runs already.")
    print(f"The operator logs to {state.operator_log}")
    print("`make down` ends it.")
    print(f"export KUBECONFIG={state.kubeconfig}")


def down() -> None:
    """End the running playground, if there is one."""
    with _alone():
        state = running()
        if state is None:
            # One that was killed has left its folder.
            folders.sweep()
            STATE.unlink(missing_ok=True)
            print("No playground runs.")
            return
        _end(state.pid)
    print("The playground has ended.")


def hold() -> None:
    """Be the process that the playground lives in: until it is told to end, or a part ends."""
    with ControlPlane(binary.find(os.environ)) as plane:  # noqa: TID251 - the playground's settings
        operator = OperatorProcess(plane)
        state = State(os.getpid(), str(plane.admin_kubeconfig), str(operator.log))
        _put(state)
        try:
            plane.apply(installation.custom_resources())
            plane.apply(installation.operator_without_pod())
            operator.start()
            plane.apply([*installation.surroundings(), *installation.samples()])
            _put(State(state.pid, state.kubeconfig, state.operator_log, ready=True))
            _watch_over(plane, operator)
        finally:
            with undisturbed():
                operator.kill()
                STATE.unlink(missing_ok=True)


def running() -> State | None:
    """The playground of this checkout that runs or starts; what a crash left behind is none."""
    try:
        state = convert(json.loads(STATE.read_text(encoding="utf-8")), State)
    except (OSError, ValueError):
        return None
    return state if runs(state.pid) and _is_holder(state.pid) else None


@contextmanager
def _alone() -> Iterator[None]:
    """One command at a time: two must not both find nothing and start, nor end what starts."""
    FOLDER.mkdir(exist_ok=True)
    with (FOLDER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _watch_over(plane: ControlPlane, operator: OperatorProcess) -> None:
    renew_at = time.monotonic() + operator.token_renewal
    while operator.alive and plane.alive:
        time.sleep(0.5)
        if time.monotonic() > renew_at:
            renew_at = time.monotonic() + _renewed(operator)
    raise PlaygroundError("a part of the playground has ended, so all of it ends")


def _renewed(operator: OperatorProcess) -> float:
    """Replace its token; seconds until that is to be done again."""
    try:
        operator.rotate_token()
    except NO_ANSWER:
        # The token is good for a while yet.
        return TOKEN_RETRY
    return operator.token_renewal


def _start() -> State:
    binary.find(os.environ)  # noqa: TID251 - builds in sight of whoever waits for it
    holder: subprocess.Popen[bytes] | None = None
    try:
        with undisturbed(), LOG.open("w") as log:
            holder = subprocess.Popen(
                [sys.executable, "-m", "playground", "hold"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # It outlives this command, its terminal and Ctrl-C.
                start_new_session=True,
            )
        return _await_ready(holder.pid, holder)
    except BaseException:
        # Whoever interrupts the start wants none.
        if holder:
            with undisturbed():
                holder.terminate()
                holder.wait(STOP_TIMEOUT)
        raise


def _await_ready(pid: int, holder: "subprocess.Popen[bytes] | None" = None) -> State:
    """Wait for a playground that starts; ``holder`` is its process where it is our child."""
    deadline = time.monotonic() + START_TIMEOUT
    while time.monotonic() < deadline and (holder.poll() is None if holder else runs(pid)):
        state = running()
        if state and state.ready:
            return state
        time.sleep(0.05)
    raise PlaygroundError(f"the playground did not start:\n{LOG.read_text()[-3000:]}")


def _end(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_TIMEOUT
    while runs(pid):
        if time.monotonic() > deadline:
            raise PlaygroundError(f"process {pid} does not end; see {LOG}")
        time.sleep(0.05)


def _is_holder(pid: int) -> bool:
    """Whether it is no other process that got the number since."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        # No proc(5) on this system: the number has to do.
        return True
    return command.rstrip(b"\0").endswith(b"playground\0hold")


def _put(state: State) -> None:
    unfinished = STATE.with_suffix(".unfinished")
    unfinished.write_text(json.dumps(to_builtins(state)), encoding="utf-8")
    unfinished.replace(STATE)
