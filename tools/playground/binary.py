"""The control plane's binary: named by the environment, cached per user, or built."""

import fcntl
import hashlib
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from playground.errors import PlaygroundError
from playground.processes import die_with_parent

MODULE = Path(__file__).parents[1] / "controlplane"
OVERRIDE = "ASSESSOR_CONTROLPLANE"
"""Names a binary that is used as it is."""

OLDEST_GO = (1, 26)
SOURCES = ("*.go", "go.mod", "go.sum")
DOWNLOADING = "go: downloading "
PROGRESS_EVERY = 2.0
"""Seconds between two lines of progress."""

# Without inlining, the build takes half as long and the servers are as fast as tests need.
COMPILER_FLAGS = ("-trimpath", "-gcflags=all=-l")
VERSION_PACKAGE = "k8s.io/component-base/version"


def find(environment: Mapping[str, str], module: Path = MODULE) -> Path:
    """Return the binary, built if need be; PlaygroundError says why there is none.

    First ``ASSESSOR_CONTROLPLANE``, then the user's cache, then a build into that cache.
    """
    if named := environment.get(OVERRIDE):
        return _named(Path(named))
    cache = _cache_folder(environment)
    binary = cache / f"controlplane-{content_key(module)}"
    if not binary.exists():
        cache.mkdir(parents=True, exist_ok=True)
        with _locked(cache / "lock"):
            # Whoever held the lock may have built it.
            if not binary.exists():
                _build(module, binary)
    return binary


def content_key(module: Path) -> str:
    """16 hex digits of all that the binary is made from: sources, versions, flags, platform."""
    digest = hashlib.sha256()
    for part in (platform.system(), platform.machine(), *COMPILER_FLAGS):
        digest.update(part.encode() + b"\0")
    for path in sorted(path for pattern in SOURCES for path in module.glob(pattern)):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def kubernetes_version(module: Path = MODULE) -> str:
    """The ``v1.N.P`` that the module is built from."""
    found = re.search(r"k8s\.io/kubernetes (v1\.\d+\.\d+)\b", (module / "go.mod").read_text())
    if not found:
        raise PlaygroundError(f"{module / 'go.mod'} requires no release of k8s.io/kubernetes")
    return found[1]


def _named(path: Path) -> Path:
    if not os.access(path, os.X_OK) or path.is_dir():
        raise PlaygroundError(f"{OVERRIDE}={path} is not an executable file")
    return path


def _cache_folder(environment: Mapping[str, str]) -> Path:
    home = environment.get("XDG_CACHE_HOME")
    return (Path(home) if home else Path.home() / ".cache") / "kube-assessor"


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _say("waiting for another build of the control plane")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _build(module: Path, binary: Path) -> None:
    """Build beside the target and move it there, so that a half-written file is never found."""
    go = _go()
    for left in binary.parent.glob("*.unfinished"):
        left.unlink()
    # Its own name: a build that was killed may still have a linker that writes for a moment.
    unfinished = binary.with_suffix(f".{os.getpid()}.unfinished")
    command = [go, "build", "-v", *COMPILER_FLAGS, "-ldflags", _link_flags(module)]
    _say(f"building the control plane, Kubernetes {kubernetes_version(module)}: once, in minutes")
    progress = Progress()
    packages = _packages(go, module, progress)
    with running([*command, "-o", str(unfinished), "."], module, subprocess.DEVNULL) as process:
        last = list(_followed(process.stderr or (), packages, progress))
    if process.returncode != 0:
        raise PlaygroundError("the control plane does not build:\n" + "".join(last[-30:]))
    unfinished.replace(binary)
    _say(f"built in {progress.seconds:.0f} s: {binary}")


class Progress:
    """Says now and then how far it is."""

    def __init__(self) -> None:
        """Begin now."""
        self._started = self._shown = time.monotonic()

    @property
    def seconds(self) -> float:
        """Since the beginning."""
        return time.monotonic() - self._started

    def say(self, text: str, *, now: bool = False) -> None:
        """Say it, unless something was said only just; ``now``: in any case."""
        moment = time.monotonic()
        if now or moment - self._shown >= PROGRESS_EVERY:
            self._shown = moment
            _say(f"  {self.seconds:4.0f} s  {text}")


def _packages(go: str, module: Path, progress: Progress) -> list[str]:
    """The packages to compile, the last one being the command; go downloads their modules."""
    progress.say("fetching Go modules", now=True)
    fetched, other = 0, []
    with (
        tempfile.TemporaryFile("w+") as listed,
        running([go, "list", "-deps", "."], module, listed) as process,
    ):
        for line in process.stderr or ():
            if line.startswith(DOWNLOADING):
                fetched += 1
                progress.say(f"{fetched:4} modules  {line.removeprefix(DOWNLOADING).strip()}")
            else:
                other.append(line)
        process.wait()
        listed.seek(0)
        packages = listed.read().split()
    if process.returncode:
        raise PlaygroundError("go cannot load the module:\n" + "".join(other)[-2000:])
    return packages


def _followed(lines: Iterable[str], packages: Sequence[str], progress: Progress) -> Iterator[str]:
    """Show how far the build is; yield what is no package's name, so the compiler's messages."""
    compiled = 0
    for line in lines:
        name = line.strip()
        if " " in name:
            yield line
            continue
        compiled += 1
        progress.say(f"{compiled:4}/{len(packages)} packages  {name}")
        if name == packages[-1]:
            progress.say("compiling is done, linking", now=True)


@contextmanager
def running(
    command: Sequence[str], module: Path, output: IO[str] | int
) -> Iterator[subprocess.Popen[str]]:
    """Run one of Go's commands; it and its compilers end with us, however that is."""
    with subprocess.Popen(  # noqa: S603 - the user's own Go
        command,
        cwd=module,
        stdout=output,
        stderr=subprocess.PIPE,
        text=True,
        process_group=0,
        preexec_fn=die_with_parent,  # noqa: PLW1509 - it calls one loaded C function
    ) as process:
        try:
            yield process
        except BaseException:
            os.killpg(process.pid, signal.SIGTERM)
            raise


def _link_flags(module: Path) -> str:
    version = kubernetes_version(module)
    major, minor, _ = version.removeprefix("v").split(".")
    # Without its version no client can parse what the API server answers about itself.
    stamps = {"gitVersion": version, "gitMajor": major, "gitMinor": minor}
    return " ".join(["-s -w", *(f"-X {VERSION_PACKAGE}.{k}={v}" for k, v in stamps.items())])


def _go() -> str:
    oldest = ".".join(map(str, OLDEST_GO))
    go = shutil.which("go")
    if go is None:
        raise PlaygroundError(
            f"go was not found: the control plane is built with Go {oldest} or newer"
            f" (or name a built one by {OVERRIDE})"
        )
    version = subprocess.run(  # noqa: S603 - the user's own Go
        [go, "env", "GOVERSION"], cwd=MODULE, capture_output=True, text=True, check=False
    )
    found = re.match(r"go(\d+)\.(\d+)", version.stdout)
    if found is None or (int(found[1]), int(found[2])) < OLDEST_GO:
        told = (version.stdout or version.stderr).strip()
        raise PlaygroundError(f"Go {oldest} or newer is needed; {go} says: {told}")
    return go


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
