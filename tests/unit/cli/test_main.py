"""How the command ends when it is not by a verdict: never with a verdict's exit code."""

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ASSESSOR = Path(sys.executable).with_name("assessor")
MANIFESTS = Path(__file__).parents[3] / "manifests" / "base"
ANSWERS = ("rbac", "who-can", "get", "pods", "-f", str(MANIFESTS))
UNREACHED = """
apiVersion: v1
kind: Config
clusters: [{{name: a, cluster: {{server: "http://127.0.0.1:{port}"}}}}]
users: [{{name: a, user: {{token: none}}}}]
contexts: [{{name: a, context: {{cluster: a, user: a}}}}]
current-context: a
"""


@pytest.fixture
def silent_server() -> Iterator[int]:
    """The port of a server that accepts and never answers."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


def kubeconfig(folder: Path, text: str) -> Path:
    """A kubeconfig with this text."""
    path = folder / "kubeconfig"
    path.write_text(text)
    return path


def run(*arguments: str | Path, **how: object) -> subprocess.CompletedProcess[str]:
    """Run the command to its end."""
    how = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "timeout": 60} | how
    return subprocess.run([ASSESSOR, *arguments], check=False, **how)


def test_full_disk_is_no_verdict() -> None:
    """One line, and 2: a pipeline must not read 1."""
    with Path("/dev/full").open("w") as full:
        ended = run(*ANSWERS, stdout=full)
    assert ended.returncode == 2
    assert ended.stderr == "assessor: No space left on device\n"


def test_closed_pipe_is_no_verdict() -> None:
    """Whoever reads has gone: 2, and nobody is told anything."""
    with subprocess.Popen([ASSESSOR, *ANSWERS], stdout=-1, stderr=-1, text=True) as child:
        assert child.stdout
        assert child.stderr
        child.stdout.close()
        told = child.stderr.read()
    assert (child.returncode, told) == (2, "")


def test_a_pipe_that_closes_on_the_way_is_no_verdict(tmp_path: Path) -> None:
    """`assessor scan . | head`: what was found is not all told, so that 1 would be half a truth."""
    pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: c}]}\n---\n"
    (tmp_path / "pods.yaml").write_text(pod * 300, encoding="utf-8")
    command = [ASSESSOR, "scan", str(tmp_path)]
    with subprocess.Popen(command, stdout=-1, stderr=-1, text=True) as child:
        assert child.stdout
        assert child.stderr
        child.stdout.read(10)
        child.stdout.close()
        told = child.stderr.read()
    assert (child.returncode, told) == (2, "")


def test_interrupt_is_no_verdict(tmp_path: Path, silent_server: int) -> None:
    """Ctrl-C while a server is waited for: 130, as of every program that it ends."""
    path = kubeconfig(tmp_path, UNREACHED.format(port=silent_server))
    command = [ASSESSOR, "assess", "-A", "--kubeconfig", path]
    with subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    ) as child:
        time.sleep(1.5)
        child.send_signal(signal.SIGINT)
    assert child.returncode == 130


def test_bug_is_no_verdict() -> None:
    """A traceback, and 2."""
    code = (
        "import sys; from unittest import mock; from assessor.cli import main;"
        "sys.argv = ['assessor', 'generate'];"
        "main.assessor.main = mock.Mock(side_effect=KeyError('a bug'));"
        "main.main()"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 2
    assert "KeyError: 'a bug'" in ended.stderr


def test_refused_connection_is_one_line(tmp_path: Path) -> None:
    """Where nobody listens: which address, and why, whatever was to be asked first."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        path = kubeconfig(tmp_path, UNREACHED.format(port=port))
        ended = run("assess", "-n", "a", "--kubeconfig", path)
    assert ended.returncode == 2
    assert ended.stderr == f"assessor: cannot connect to 127.0.0.1:{port}: Connection refused\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (None, "No such file or directory"),
        ("just words", "Expected `object`, got `str`"),
        ("a: [", "is not YAML (line 1)"),
        ("current-context: b", "no context 'b'; there are: none"),
    ],
)
def test_unusable_kubeconfig_is_one_line(tmp_path: Path, text: str | None, told: str) -> None:
    """Which file, and what is wrong with it."""
    path = kubeconfig(tmp_path, text) if text else tmp_path / "absent"
    ended = run("assess", "-n", "a", "--kubeconfig", path)
    assert ended.returncode == 2
    assert ended.stderr == f"assessor: {path}: {told}\n"


def test_usage_error_is_told() -> None:
    """As click does: how it is used, and 2."""
    ended = run("assess")
    assert ended.returncode == 2
    assert "--namespace NAME or --all-namespaces" in ended.stderr
