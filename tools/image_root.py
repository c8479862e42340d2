"""Gathers the root of the image in its build stage: what the operator runs with, and no more.

`python3 image_root.py VENV TARGET` copies the environment, its interpreter and standard library,
each shared library that one of them loads, and the trusted certificates. A shell, a package manager
and everything else of the base stay behind. Only the standard library is at hand here.
"""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from pathlib import Path

UNUSED = shutil.ignore_patterns(
    *("site-packages", "dist-packages", "config-*", "test", "tests", "idlelib", "tkinter"),
    *("ensurepip", "lib2to3", "turtledemo", "turtle.py"),
)
"""Of the standard library: other packages, what links to an interpreter, tests, windows, pip."""

PROGRAMS = ("python", "assessor")
"""Of the environment's, what their names begin with: others' are tools for whoever gets in."""

FILES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/ssl/openssl.cnf",
    "/etc/nsswitch.conf",
    "/etc/os-release",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
)
"""Taken where the base has them."""

LOADED_BY_NAME = ("libgcc_s.so.1", "libnss_files.so.2", "libnss_dns.so.2")
"""What libc opens itself, so that no file names it: pthread_exit unwinds with the first, and before
glibc 2.34 names are resolved with the others, which later are part of it."""

ELF = b"\x7fELF"


def main() -> None:
    """Copy all of it; an exception says what is missing."""
    environment, target = map(Path, sys.argv[1:])
    root = Root(target)
    for path in (environment / "bin").iterdir():
        if not path.name.startswith(PROGRAMS):
            path.unlink()
    root.take(environment)
    stdlib = {Path(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib")}
    for folder in stdlib:
        root.take(folder, ignore=UNUSED)
    interpreter = (environment / "bin" / "python3").resolve()
    loaders = [interpreter, *_libraries(root.at(environment))]
    loaders += [each for folder in stdlib for each in _libraries(root.at(folder))]
    named = by_name()
    for library in sorted(named | needed([*map(root.original, loaders), *map(Path, named)])):
        root.take(Path(library))
    for name in FILES:
        if Path(name).exists():
            root.take(Path(name))
    (target / "tmp").mkdir(exist_ok=True)
    (target / "tmp").chmod(0o1777)
    _index_libraries(target)
    _name_packages(target)


class Root:
    """The folder that becomes the image's /."""

    def __init__(self, target: Path) -> None:
        """Start with an empty one."""
        self._target = target
        target.mkdir(parents=True)

    def at(self, path: Path) -> Path:
        """Where ``path`` of the base is in it."""
        return self._target / path.relative_to("/")

    def original(self, path: Path) -> Path:
        """Where ``path`` of it is in the base."""
        return Path("/") / path.relative_to(self._target) if self._target in path.parents else path

    def take(self, path: Path, *, ignore: object = None) -> None:
        """Copy a file or folder to the same place, with the links on the way to it."""
        real = self._linked(path)
        copied = self.at(real)
        if real.is_dir():
            shutil.copytree(real, copied, symlinks=True, ignore=ignore, dirs_exist_ok=True)  # type: ignore[arg-type]
            for link in filter(Path.is_symlink, copied.rglob("*")):
                # Where an absolute one leads is asked of the base: here it would lead out.
                led = self._linked(self.original(link))
                if led.exists() and not self.at(led).exists():
                    self.take(led)
        elif not copied.exists():
            shutil.copy2(real, copied)

    def _linked(self, path: Path) -> Path:
        """Make each link that ``path`` leads over; return where it ends."""
        place = Path("/")
        parts = list(path.parts[1:])
        while parts:
            place /= parts.pop(0)
            if place.is_symlink():
                pointed = place.readlink()
                if not self.at(place).is_symlink():
                    self.at(place).symlink_to(pointed)
                place, rest = Path("/"), Path(os.path.normpath(place.parent / pointed))
                parts = [*rest.parts[1:], *parts]
            elif parts:
                self.at(place).mkdir(exist_ok=True)
        return place


def _libraries(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*.so*"):
        if path.is_file() and not path.is_symlink() and path.open("rb").read(4) == ELF:
            yield path


def needed(loaders: Iterable[Path]) -> set[str]:
    """The files that ldd names; RuntimeError where one is not found."""
    found: set[str] = set()
    for loader in loaders:
        told = subprocess.run(["ldd", str(loader)], capture_output=True, text=True, check=False)  # noqa: S603, S607
        if "not found" in told.stdout:
            raise RuntimeError(f"{loader}: {told.stdout}")
        found.update(re.findall(r"(?:=>\s+|^\s+)(/\S+) \(0x", told.stdout, re.MULTILINE))
    return found


def by_name() -> set[str]:
    """Where the base's libraries are that no file names."""
    told = subprocess.run(["ldconfig", "-p"], capture_output=True, text=True, check=False)  # noqa: S607
    return {
        place
        for name in LOADED_BY_NAME
        for place in re.findall(rf"{re.escape(name)} .*=> (\S+)", told.stdout)
    }


def _index_libraries(target: Path) -> None:
    """Let the loader find what is in no default folder, as /usr/local/lib/libpython."""
    (target / "etc").mkdir(exist_ok=True)
    subprocess.run(["ldconfig", "-r", str(target)], check=True)  # noqa: S603, S607


def _name_packages(target: Path) -> None:
    """One file for each Debian package that is in part here: image scanners know these."""
    if not shutil.which("dpkg"):
        return
    files = [f"/{path.relative_to(target)}" for path in target.rglob("*") if path.is_file()]
    files += [file.removeprefix("/usr") for file in files if file.startswith("/usr/lib")]
    told = subprocess.run(  # noqa: S603
        ["dpkg-query", "--search", *files],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
    )
    owners = {line.partition(": ")[0].split(",")[0] for line in told.stdout.splitlines()}
    folder = target / "var" / "lib" / "dpkg" / "status.d"
    folder.mkdir(parents=True)
    for owner in sorted(owners):
        status = subprocess.run(["dpkg-query", "--status", owner], capture_output=True, check=True)  # noqa: S603, S607
        (folder / owner.partition(":")[0]).write_bytes(status.stdout)


if __name__ == "__main__":
    main()
