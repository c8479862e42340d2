"""What tools/image_root.py gathers from this machine, as it does in the build: it runs, alone.

It runs under another root, so that nothing of the machine can be loaded in its place.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.tools_by_path import ROOT, tool

IMAGE_ROOT = tool("image_root")
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
NOBODY = "65532:65532"
MODULES = "asyncio, bz2, ctypes, hashlib, json, lzma, sqlite3, ssl, uuid, zlib, zoneinfo"
TOOLS = {
    *("sh", "bash", "dash", "ash", "zsh", "busybox", "env", "cat", "ls", "mount", "su", "perl"),
    *("apt", "apt-get", "dpkg", "apk", "rpm", "pip", "pip3", "curl", "wget", "ldconfig", "ldd"),
}

pytestmark = pytest.mark.skipif(
    not shutil.which("ldconfig", path=PATH), reason="gathers from bases with glibc"
)


class Gathered:
    """A folder that could be an image's root, with the environment that is to run in it."""

    def __init__(self, folder: Path) -> None:
        """Gather an environment as the Dockerfile makes it, with one library of its own."""
        self.environment, self.root = folder / "environment", folder / "image"
        version = f"python{sys.version_info.major}.{sys.version_info.minor}"
        base = Path(sys.base_prefix) / "bin" / version
        run(str(base), "-m", "venv", "--without-pip", str(self.environment))
        site = self.environment / "lib" / version / "site-packages"
        (site / "shipped.py").write_text("WHAT = 'shipped'\n")
        for name in ("assessor", "wsdump"):
            (self.environment / "bin" / name).write_text(f"#!{self.environment}/bin/python3\n")
        run(str(base), str(ROOT / "tools" / "image_root.py"), str(self.environment), str(self.root))

    def python(self, code: str) -> str:
        """What a program prints that runs in it, and has nothing else."""
        jail = ["unshare", "--map-root-user", "chroot"]
        if os.geteuid() == 0:
            jail = ["chroot", f"--userspec={NOBODY}"]
        elif subprocess.run([*jail, "/", "true"], check=False).returncode:
            pytest.skip("no user may have a root of its own here")
        return run(*jail, str(self.root), str(self.environment / "bin" / "python3"), "-c", code)

    def files(self) -> Iterator[Path]:
        """All that is in it but folders."""
        return (path for path in self.root.rglob("*") if path.is_symlink() or path.is_file())

    def resolved(self, path: Path) -> Path:
        """Where a link of it leads, if it is the root."""
        for _ in range(40):
            if not path.is_symlink():
                return path
            path = self.root / os.path.normpath(
                Path("/") / path.parent.relative_to(self.root) / path.readlink()
            ).lstrip("/")
        raise AssertionError(f"{path} leads in a circle")


def run(*command: str) -> str:
    """A program's output; its errors are the assertion's message."""
    done = subprocess.run(
        command, env={"PATH": PATH}, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def gathered(tmp_path_factory: pytest.TempPathFactory) -> Gathered:
    """What is gathered from this machine's interpreter."""
    return Gathered(tmp_path_factory.mktemp("gathered"))


def test_it_runs_with_nothing_else(gathered: Gathered) -> None:
    """The interpreter, what it loads, and the environment's packages."""
    told = gathered.python(
        f"import {MODULES}, os, shipped; ssl.create_default_context();"
        "print(shipped.WHAT, os.path.exists('/usr/bin/env'))"
    )
    assert told == "shipped False\n"


def test_a_thread_may_end(gathered: Gathered) -> None:
    """For which libc opens a library that no file names."""
    code = "import ctypes; ctypes.CDLL('libgcc_s.so.1'); print('there')"
    assert gathered.python(code) == "there\n"


def test_the_loader_s_index_is_of_it(gathered: Gathered) -> None:
    """It is how a library in /usr/local/lib is found, where images for Python have theirs."""
    listed = run("ldconfig", "-r", str(gathered.root), "-p").splitlines()
    libraries = {line.rpartition(" => ")[2] for line in listed if " => " in line}
    assert any("/libc.so." in library for library in libraries)
    assert not [each for each in libraries if not (gathered.root / each.lstrip("/")).exists()]


def test_no_shell_and_no_tool_is_in_it(gathered: Gathered) -> None:
    """Programs are the interpreter and the operator, none of what its packages bring along."""
    programs = {path for path in gathered.files() if path.parent.name in ("bin", "sbin")}
    assert {path.name for path in programs} & TOOLS == set()
    own = gathered.root / gathered.environment.relative_to("/") / "bin"
    others = {path.name for path in programs if not path.name.startswith("python")}
    assert others == {"assessor"}
    assert own / "assessor" in programs
    assert not [path for path in gathered.files() if path.name in TOOLS]


def test_links_stay_in_it(gathered: Gathered) -> None:
    """Each leads to something that is there too."""
    links = [path for path in gathered.files() if path.is_symlink()]
    assert links
    missing = [link for link in links if not gathered.resolved(link).exists()]
    # Terminal and test data of the base's standard library may dangle there already.
    assert [link for link in missing if Path("/", link.relative_to(gathered.root)).exists()] == []


def test_it_is_not_the_whole_machine(gathered: Gathered) -> None:
    """No other packages, no tests, no installer."""
    kept = {str(path.relative_to(gathered.root)) for path in gathered.files()}
    assert not [path for path in kept if "/ensurepip/" in path or "/idlelib/" in path]
    assert not [path for path in kept if "dist-packages" in path]
    assert not [path for path in kept if path.endswith(("passwd", "shadow"))]


@pytest.mark.skipif(not shutil.which("dpkg-query"), reason="the base has no such packages")
def test_packages_are_told_to_scanners(gathered: Gathered) -> None:
    """One file each, as distroless images have them."""
    folder = gathered.root / "var" / "lib" / "dpkg" / "status.d"
    assert (folder / "libc6").read_text().startswith("Package: libc6\n")
    assert not (folder / "bash").exists()


def test_a_library_that_is_missing_ends_the_build(tmp_path: Path) -> None:
    """It would be missing when the operator starts."""
    library = tmp_path / "broken.so"
    (real,) = {Path(name) for name in IMAGE_ROOT.needed([Path(sys.executable)]) if "libm." in name}
    library.write_bytes(real.read_bytes().replace(b"libc.so.6", b"none.so.6"))
    with pytest.raises(RuntimeError, match=r"none\.so\.6 => not found"):
        IMAGE_ROOT.needed([library])


def test_a_link_is_taken_with_what_it_leads_to(tmp_path: Path) -> None:
    """By relative and absolute links, over links to folders, and out of a folder."""
    base = tmp_path / "base"
    (base / "real" / "deep").mkdir(parents=True)
    (base / "real" / "deep" / "file").write_text("it")
    (base / "folder").symlink_to(base / "real")
    (base / "taken").mkdir()
    (base / "taken" / "relative").symlink_to("../folder/deep/file")
    (base / "taken" / "dangling").symlink_to("nowhere")
    (base / "link").symlink_to("taken/relative")
    for taken in ("link", "taken"):
        target = tmp_path / f"image-{taken}"
        IMAGE_ROOT.Root(target).take(base / taken)
        copied = target / base.relative_to("/")
        assert (copied / "real" / "deep" / "file").read_text() == "it"
        assert (copied / "folder").readlink() == base / "real"
        assert (copied / "taken" / "relative").is_symlink()
