"""Images built by buildah, without a network: programs are this machine's shell, and stubs."""

import re
import shutil
import subprocess
from pathlib import Path

BUILDAH = shutil.which("buildah")
BASE = "localhost/base"
STUBS = (
    "apt-get",
    "apk",
    "yum",
    "dnf",
    "zypper",
    "pip",
    "npm",
    "sudo",
    "make",
    "curl",
    "rm",
    "mkdir",
)
STUBS += ("chown", "app")
FILES = ("app", "app.jar", "src/main.c", "a", "b", "c")

_FROM = re.compile(r"^FROM (?!scratch|localhost)\S+", re.MULTILINE)


class Builder:
    """Builds Dockerfiles on a base of its own, in a store of its own."""

    def __init__(self, folder: Path) -> None:
        """Make the base image."""
        self._store = folder / "store"
        self._context = folder / "context"
        root = folder / "base"
        for each in ("bin", "tmp", "lib", "src"):
            (root / each).mkdir(parents=True)
        shell = Path("/bin/sh").resolve()
        shutil.copy(shell, root / "bin" / "sh")
        for library in _libraries(shell):
            (root / library.parent.relative_to("/")).mkdir(parents=True, exist_ok=True)
            shutil.copy(library.resolve(), root / library.relative_to("/"))
        for name in STUBS:
            script = root / "bin" / name
            script.write_text("#!/bin/sh\nexit 0\n", encoding="utf-8")
            script.chmod(0o755)
        for name in FILES:
            path = self._context / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(name, encoding="utf-8")
        (folder / "Dockerfile").write_text("FROM scratch\nCOPY . /\n", encoding="utf-8")
        self._run("build", "-t", BASE, "-f", str(folder / "Dockerfile"), str(root))

    def build(self, text: str) -> str:
        """Build on the base image instead of what FROM names; what it said, empty: it worked."""
        file = self._context.parent / "Dockerfile"
        file.write_text(_FROM.sub(f"FROM {BASE}", text), encoding="utf-8")
        try:
            self._run("build", "--no-cache", "-f", str(file), str(self._context))
        except subprocess.CalledProcessError as error:
            told: str = error.stderr or error.stdout
            return told
        return ""

    def _run(self, verb: str, *arguments: str) -> None:
        store = ["--root", str(self._store), "--runroot", f"{self._store}-run"]
        command = [str(BUILDAH), *store, "--storage-driver", "vfs", verb]
        isolated = [*command, "--isolation", "chroot", *arguments]
        subprocess.run(isolated, capture_output=True, text=True, check=True)


def _libraries(program: Path) -> list[Path]:
    """What a program is linked with."""
    done = subprocess.run(
        ["/usr/bin/ldd", str(program)], capture_output=True, text=True, check=True
    )
    return [Path(word) for word in done.stdout.split() if word.startswith("/")]
