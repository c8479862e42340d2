"""The operator as a process beside its control plane, with its own service account's token."""

import contextlib
import json
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import urllib3

from playground.controlplane import LOOPBACK, ControlPlane
from playground.errors import PlaygroundError
from playground.processes import Child, undisturbed

NAMESPACE = "kube-assessor-system"
ACCOUNT = "kube-assessor"
TOKEN_SECONDS = 600
"""The least that the API server grants."""
ASSESSOR = Path(sys.executable).with_name("assessor")
START_TIMEOUT = 30.0
STOP_TIMEOUT = 15.0
OK = 200


class OperatorProcess:
    """`assessor run`, as the ServiceAccount that its manifests make."""

    def __init__(
        self,
        plane: ControlPlane,
        *flags: str,
        server: str | None = None,
        program: Sequence[str | Path] = (ASSESSOR,),
        name: str = "operator",
    ) -> None:
        """``flags`` are added to the command; nothing runs before ``start``.

        ``server``: the URL of a proxy to go through; ``program``: what to run as `assessor`;
        ``name``: another one for each that runs beside others.
        """
        self.plane, self._flags = plane, flags
        self._server, self._program, self._name = server, program, name
        self.log = plane.folder / f"{name}.log"
        self.token_file = plane.folder / f"{name}.token"
        self._http = urllib3.PoolManager(retries=False, timeout=urllib3.Timeout(5.0))
        self.started_at = 0.0
        """When its process was last started, on the monotonic clock."""
        self._child: Child | None = None
        self._port = 0

    @property
    def pid(self) -> int:
        """The process id; PlaygroundError while it does not run."""
        return self._running().pid

    @property
    def port(self) -> int:
        """Where it serves probes and metrics."""
        return self._port

    @property
    def token_renewal(self) -> float:
        """Seconds after which a token should be replaced; the kubelet does at 80% of its life."""
        return 0.8 * TOKEN_SECONDS

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self._child is not None and self._child.alive

    def start(self, timeout: float = START_TIMEOUT) -> None:
        """Start it with a new token and wait until it is ready, for ``timeout`` seconds."""
        self.rotate_token()
        begin = self.log.stat().st_size if self.log.exists() else 0
        kubeconfig = self.plane.kubeconfig_for_token_file(self.token_file, self._server)
        where = ("--kubeconfig", kubeconfig, "--http-host", LOOPBACK, "--http-port", "0")
        command: tuple[str | Path, ...] = (
            *self._program,
            "run",
            *where,
            "--log-format",
            "json",
            *self._flags,
        )
        self.started_at = time.monotonic()
        # Nothing of the user's environment: a pod has none of it.
        with undisturbed():
            self._child = Child(self._name, command, self.log, environment={})
        self._await(lambda: self._find_port(begin) and self._ready(), timeout)

    def stop(self) -> None:
        """End it as Kubernetes does; PlaygroundError where it does not end cleanly."""
        code = self._running().stop(STOP_TIMEOUT)
        if code:
            raise PlaygroundError(f"the operator ended with {code}:\n{self.last_words()}")

    def kill(self) -> None:
        """End it at once, if it runs."""
        if self._child is not None:
            self._child.kill()

    def pause(self) -> None:
        """Freeze it: it neither reads nor writes."""
        self._running().signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        self._running().signal(signal.SIGCONT)

    def rotate_token(self) -> None:
        """Replace the token in the file as the kubelet does: at once, by a rename."""
        self._put_token(self.plane.service_account_token(NAMESPACE, ACCOUNT, TOKEN_SECONDS))

    def _put_token(self, token: str) -> None:
        unfinished = self.token_file.with_suffix(".unfinished")
        unfinished.touch(mode=0o600)
        unfinished.write_text(token)
        unfinished.replace(self.token_file)

    def last_words(self) -> str:
        """The end of its log; empty where it never ran."""
        return self._child.last_words() if self._child else ""

    def metrics(self) -> str:
        """The exposition of /metrics."""
        return self._get("/metrics")[1]

    def metric_sum(self, name: str, labels: str = "") -> float:
        """The sum of one metric's samples that carry ``labels``, written as exposed and sorted."""
        samples = (line.rsplit(" ", 1) for line in self.metrics().splitlines())
        return sum(
            float(value)
            for series, value in samples
            if series.split("{")[0] == name and labels in series
        )

    def resident_bytes(self) -> int:
        """How much memory it holds now (VmRSS of proc(5))."""
        return _memory(self.pid, "VmRSS")

    def peak_bytes(self) -> int:
        """The most that it has held since its start (VmHWM of proc(5))."""
        return _memory(self.pid, "VmHWM")

    def cpu_seconds(self) -> float:
        """User and system time of the process so far (proc(5))."""
        stat = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii")
        # What stands before the last parenthesis may hold blanks.
        fields = stat.rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def _get(self, path: str) -> tuple[int, str]:
        answer = self._http.request("GET", f"http://{LOOPBACK}:{self._port}{path}")
        return answer.status, answer.data.decode()

    def _find_port(self, begin: int) -> bool:
        """Learn from its log which port it chose."""
        with self.log.open(encoding="utf-8") as log:
            log.seek(begin)
            for line in log:
                if line.startswith("{") and '"listening"' in line:
                    self._port = json.loads(line)["port"]
                    return True
        return False

    def _ready(self) -> bool:
        with contextlib.suppress(urllib3.exceptions.HTTPError, OSError):
            return self._get("/readyz")[0] == OK
        return False

    def _await(self, ready: Callable[[], bool], timeout: float) -> None:
        deadline = time.monotonic() + timeout
        while not ready():
            if not self.alive:
                how = self._running().exit_code
                raise PlaygroundError(f"the operator has ended with {how}:\n{self.last_words()}")
            if time.monotonic() > deadline:
                words = self.last_words()
                raise PlaygroundError(f"the operator is not ready in {timeout} s:\n{words}")
            time.sleep(0.02)

    def _running(self) -> Child:
        if self._child is None:
            raise PlaygroundError("the operator was not started")
        return self._child


def _memory(pid: int, field: str) -> int:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(status.split(f"{field}:")[1].split()[0]) * 1024
