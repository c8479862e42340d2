"""`make up` and `make down`: a playground that keeps running, held by a process of its own."""

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from msgspec import Struct, convert, to_builtins

from playground import binary, installation
from playground.controlplane import ControlPlane
from playground.errors import PlaygroundError
from playground.operator_process import OperatorProcess
from playground.processes import runs

FOLDER = installation.ROOT / ".playground"
STATE = FOLDER / "state.json"
LOG = FOLDER / "playground.log"
START_TIMEOUT = 120.0
STOP_TIMEOUT = 30.0


class State(Struct, frozen=True):
    """What a running playground leaves to be found by; paths as text."""

    pid: int
    kubeconfig: str
    operator_log: str


def up() -> None:
    """Start a playground, or find the running one; the last line printed is for the shell."""
    FOLDER.mkdir(exist_ok=True)
    with (FOLDER / "lock").open("w") as lock:
        # Two at once must not both find nothing and start.
        fcntl.flock(lock, fcntl.LOCK_EX)
        state = _running()
        if state:
            print("The playground runs already.")
        else:
            state = _start()
            print("The playground runs: the samples are applied, and the operator judges them.")
    print(f"The operator logs to {state.operator_log}")
    print("`make down` ends it.")
    print(f"export KUBECONFIG={state.kubeconfig}")


def down() -> None:
    """End the running playground, if there is one."""
    state = _running()
    if state is None:
        print("No playground runs.")
        return
    os.kill(state.pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_TIMEOUT
    while runs(state.pid):
        if time.monotonic() > deadline:
            raise PlaygroundError(f"process {state.pid} does not end; see {LOG}")
        time.sleep(0.05)
    print("The playground has ended.")


def hold() -> None:
    """Be the process that the playground lives in: until it is told to end, or a part ends."""
    with ControlPlane(binary.find(os.environ)) as plane:  # noqa: TID251 - the playground's settings
        plane.apply(installation.custom_resources())
        plane.apply(installation.operator_without_pod())
        operator = OperatorProcess(plane)
        try:
            operator.start()
            plane.apply(installation.samples())
            _put(State(os.getpid(), str(plane.admin_kubeconfig), str(operator.log)))
            _watch_over(plane, operator)
        finally:
            STATE.unlink(missing_ok=True)
            operator.kill()


def _watch_over(plane: ControlPlane, operator: OperatorProcess) -> None:
    renew_at = time.monotonic() + operator.token_renewal
    while operator.alive and plane.alive:
        time.sleep(0.5)
        if time.monotonic() > renew_at:
            operator.rotate_token()
            renew_at = time.monotonic() + operator.token_renewal
    raise PlaygroundError("a part of the playground has ended, so all of it ends")


def _start() -> State:
    binary.find(os.environ)  # noqa: TID251 - builds in sight of whoever waits for it
    with LOG.open("w") as log:
        holder = subprocess.Popen(
            [sys.executable, "-m", "playground", "hold"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            # It outlives this command, its terminal and Ctrl-C.
            start_new_session=True,
        )
    deadline = time.monotonic() + START_TIMEOUT
    while holder.poll() is None and time.monotonic() < deadline:
        state = _running()
        if state:
            return state
        time.sleep(0.05)
    holder.kill()
    raise PlaygroundError(f"the playground did not start:\n{LOG.read_text()[-3000:]}")


def _running() -> State | None:
    """The running playground; what a crash left behind is no playground."""
    try:
        state = convert(json.loads(STATE.read_text(encoding="utf-8")), State)
    except (OSError, ValueError):
        return None
    return state if runs(state.pid) and _is_holder(state.pid) else None


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
