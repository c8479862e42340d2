"""The playground's own commands: the demo, `up` twice, `down`, and a crash that leaves nothing."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from playground import folders, installation, standing
from playground.controlplane import ControlPlane
from playground.processes import runs
from tests.integration.kube import eventually
from tests.integration.operator_process import OperatorUnderTest

COMMAND = [sys.executable, "-m", "playground"]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Its folders are under the test's own, and so easy to find."""
    path = str(installation.ROOT / "tools")
    return dict(os.environ) | {"PYTHONPATH": path, "TMPDIR": str(tmp_path)}  # noqa: TID251


def run(command: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run one command of the playground to its end."""
    return subprocess.run(
        [*COMMAND, command],
        env=environment,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def hear_interrupts() -> None:
    """A suite that runs in the background was told to ignore them, which children inherit."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def children(pid: int) -> list[int]:
    """The processes that ``pid`` has started (proc(5))."""
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return [int(child) for child in listed.split()]


def test_demo_shows_the_main_job(environment: dict[str, str], tmp_path: Path) -> None:
    """It ends with 0, has printed the server's table, findings, drift and Events, and is gone."""
    ended = run("demo", environment)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    for told in (
        "NAMESPACE           NAME       SCORE   COMPLIANT   FAIL",
        "system:serviceaccount:kube-assessor-system:kube-assessor",
        "Critical NET-01",
        "NET-01 is Fail in status",
        "ControlFailed",
        "an Event tells of the recovery",
    ):
        assert told in ended.stdout
    assert list(tmp_path.glob("kube-assessor-*")) == []


def listening(pid: int) -> list[str]:
    """The local addresses that a process listens on, in hexadecimal (proc(5), net/tcp)."""
    opened = (str(entry.readlink()) for entry in Path(f"/proc/{pid}/fd").iterdir())
    sockets = {name.removeprefix("socket:[").rstrip("]") for name in opened}
    lines = [
        line.split()
        for table in ("tcp", "tcp6")
        for line in Path(f"/proc/{pid}/net/{table}").read_text(encoding="ascii").splitlines()[1:]
    ]
    listen = "0A"
    return [fields[1] for fields in lines if fields[3] == listen and fields[9] in sockets]


def test_nothing_listens_beyond_loopback(plane: ControlPlane, operator: OperatorUnderTest) -> None:
    """Every listening socket of every process is bound to 127.0.0.1."""
    found = [address for pid in (*plane.pids.values(), operator.pid) for address in listening(pid)]
    assert len(found) >= 4
    assert [address for address in found if not address.startswith("0100007F:")] == []


@pytest.fixture
def stays_down(environment: dict[str, str]) -> Iterator[None]:
    """No playground runs before; none does afterwards, whatever the test comes to."""
    if standing.running():
        pytest.skip("a playground of this checkout runs already")
    yield
    run("down", environment)


@pytest.mark.usefixtures("stays_down")
def test_up_stays_and_down_ends_it(environment: dict[str, str]) -> None:
    """A second `up` finds the first; the last line sets KUBECONFIG; `down` leaves no process."""
    first, second = run("up", environment), run("up", environment)
    assert first.returncode == second.returncode == 0, first.stderr
    export = first.stdout.splitlines()[-1]
    assert export.startswith("export KUBECONFIG=/")
    assert second.stdout.splitlines()[-1] == export
    assert "runs already" in second.stdout
    assert "runs already" not in first.stdout
    kubeconfig = Path(export.partition("=")[2])
    assert kubeconfig.exists()
    assert (kubeconfig.parent / "operator.log").exists()
    assert run("down", environment).returncode == 0
    assert not kubeconfig.parent.exists()
    assert "No playground runs" in run("down", environment).stdout


@pytest.mark.usefixtures("stays_down")
@pytest.mark.parametrize("servers", [0, 1, 3])
def test_an_interrupted_up_leaves_nothing(
    environment: dict[str, str], tmp_path: Path, servers: int
) -> None:
    """Ctrl-C while it starts: neither its holder nor a server stays, and `down` finds none."""
    with subprocess.Popen(
        [*COMMAND, "up"],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=hear_interrupts,  # noqa: PLW1509
    ) as up:
        (holder,) = eventually(lambda: children(up.pid))
        started = eventually(lambda: len(found := children(holder)) >= servers and [holder, *found])
        up.send_signal(signal.SIGINT)
    assert up.returncode != 0
    eventually(lambda: not any(map(runs, started)), within=3)
    assert list(tmp_path.glob("kube-assessor-*")) == []
    assert "No playground runs" in run("down", environment).stdout


def test_a_crash_leaves_no_process(environment: dict[str, str], tmp_path: Path) -> None:
    """Even SIGKILL, which nothing can handle, ends the servers; the next start removes the rest."""
    if not sys.platform.startswith("linux"):
        pytest.skip("only Linux ends children with their parent")
    with subprocess.Popen([*COMMAND, "demo"], env=environment, stdout=subprocess.DEVNULL) as demo:
        started = eventually(lambda: len(children(demo.pid)) == 3 and children(demo.pid))
        demo.kill()
    eventually(lambda: not any(map(runs, started)), what="the servers end with the demo")
    assert list(tmp_path.glob("kube-assessor-*")) != []
    assert run("down", environment).returncode == 0
    assert list(tmp_path.glob("kube-assessor-*")) == []


def test_a_held_folder_is_not_swept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another playground's folder stays while its process lives, and so do other folders."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    (tmp_path / "kube-assessor-other").mkdir()
    held = folders.HeldFolder()
    folders.sweep()
    assert held.path.exists()
    held.remove()
    assert [path.name for path in tmp_path.iterdir()] == ["kube-assessor-other"]


@pytest.mark.parametrize("times", [1, 3])
def test_an_interrupt_tears_all_down(
    environment: dict[str, str], tmp_path: Path, times: int
) -> None:
    """Ctrl-C in the middle, also by an impatient hand: no process stays, nor the folder."""
    with subprocess.Popen(
        [*COMMAND, "demo"],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=hear_interrupts,  # noqa: PLW1509
    ) as demo:
        started = eventually(lambda: len(children(demo.pid)) == 3 and children(demo.pid))
        for _ in range(times):
            time.sleep(0.02)
            demo.send_signal(signal.SIGINT)
    assert demo.returncode != 0
    eventually(lambda: not any(map(runs, started)), within=3)
    assert list(tmp_path.glob("kube-assessor-*")) == []
