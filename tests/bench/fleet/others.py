"""The same cluster through other tools, where their binaries are found on PATH."""

import os
import shutil
import subprocess
import time
from pathlib import Path

from msgspec import Struct

TIMEOUT = 300.0
"""Seconds; what takes longer is ended, and that is the result."""

COMMANDS = {
    "popeye": ("--all-namespaces", "--out", "json"),
    "polaris": ("audit", "--format", "json"),
    # Without its rules downloaded and its result uploaded: traffic stays on loopback.
    "kubescape": ("scan", "--use-default", "--keep-local", "--format", "json"),
}


class Tool(Struct, frozen=True):
    """One run of another tool; ``code`` None where it was ended."""

    name: str
    seconds: float
    peak_mib: float
    code: int | None


def run_all(kubeconfig: Path, folder: Path) -> list[Tool]:
    """Time each tool that is there."""
    return [
        _run(name, [path, *flags], kubeconfig, folder / f"{name}.log")
        for name, flags in COMMANDS.items()
        if (path := shutil.which(name))
    ]


def _run(name: str, command: list[str], kubeconfig: Path, log: Path) -> Tool:
    environment = {**os.environ, "KUBECONFIG": str(kubeconfig)}  # noqa: TID251 - a child's
    started = time.monotonic()
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, env=environment)
    peak, ended = 0, False
    while process.poll() is None:
        peak = max(peak, _peak_bytes(process.pid))
        if time.monotonic() - started > TIMEOUT:
            process.kill()
            process.wait()
            ended = True
        time.sleep(0.02)
    code = None if ended else process.returncode
    return Tool(name, time.monotonic() - started, peak / 2**20, code)


def _peak_bytes(pid: int) -> int:
    """The most memory it has held so far (VmHWM of proc(5)); 0 where it has just ended."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    except OSError:
        return 0
    _, found, rest = status.partition("VmHWM:")
    return int(rest.split()[0]) * 1024 if found else 0
