"""The control plane's binary: named, cached or built, and never half of it."""

import subprocess
import time
from pathlib import Path

import pytest

from playground import binary
from playground.errors import PlaygroundError

GO_MOD = """module example.test/controlplane

go 1.26.0

// In place of the requirement that the version is read from: k8s.io/kubernetes v1.2.3
"""
PROGRAM = """package main

func main() { println("ran") }
"""


@pytest.fixture
def module(tmp_path: Path) -> Path:
    """A Go module that needs nothing but Go."""
    folder = tmp_path / "module"
    folder.mkdir()
    (folder / "go.mod").write_text(GO_MOD)
    (folder / "main.go").write_text(PROGRAM)
    return folder


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A user with an empty cache."""
    return {"XDG_CACHE_HOME": str(tmp_path / "cache")}


def test_a_named_binary_is_used_as_it_is(tmp_path: Path, module: Path) -> None:
    """Neither cache nor Go are asked."""
    named = tmp_path / "mine"
    named.touch(mode=0o755)
    assert binary.find({binary.OVERRIDE: str(named)}, module) == named


@pytest.mark.parametrize("mode", [None, 0o644])
def test_a_wrong_name_is_told(tmp_path: Path, module: Path, mode: int | None) -> None:
    """Absent, or not to be executed: the message says which variable names which file."""
    named = tmp_path / "mine"
    if mode:
        named.touch(mode=mode)
    with pytest.raises(PlaygroundError, match=f"{binary.OVERRIDE}={named}"):
        binary.find({binary.OVERRIDE: str(named)}, module)


def test_it_is_built_once(
    module: Path, environment: dict[str, str], capfd: pytest.CaptureFixture[str]
) -> None:
    """The second call finds what the first has built, without building."""
    # Go caches what it has compiled, and what need not be compiled is not told.
    (module / "main.go").write_text(f"{PROGRAM}// {time.monotonic_ns()}\n")
    built = binary.find(environment, module)
    assert built.stat().st_mode & 0o100
    told = capfd.readouterr().err
    assert "building the control plane, Kubernetes v1.2.3" in told
    assert "linking" in told
    assert binary.find(environment, module) == built
    assert capfd.readouterr().err == ""
    assert [path.name for path in built.parent.glob("*.unfinished")] == []


def test_another_content_is_another_binary(module: Path) -> None:
    """A changed source, requirement or checksum is not served from the cache."""
    keys = {binary.content_key(module)}
    for name in ("main.go", "go.mod", "go.sum", "more.go"):
        with (module / name).open("a") as file:
            file.write("// changed\n")
        keys.add(binary.content_key(module))
    (module / "README").write_text("says nothing to the compiler")
    keys.add(binary.content_key(module))
    assert len(keys) == 5


def test_a_failed_build_tells_the_compiler_s_words(
    module: Path, environment: dict[str, str]
) -> None:
    """And leaves nothing that the next call would take for a binary."""
    (module / "main.go").write_text("package main\n\nfunc main() { undefined() }\n")
    with pytest.raises(PlaygroundError, match="undefined: undefined"):
        binary.find(environment, module)
    (module / "main.go").write_text(PROGRAM)
    assert binary.find(environment, module).exists()


def test_an_interrupted_build_ends_its_compilers(tmp_path: Path) -> None:
    """Go's own children end with it; nothing goes on writing where the next build writes."""
    script = "sleep 600 & echo $! >&2; wait"
    compilers: list[int] = []
    with pytest.raises(KeyboardInterrupt):
        _interrupt(["sh", "-c", script], tmp_path, compilers)
    (compiler,) = compilers
    deadline = time.monotonic() + 5
    while _lives(compiler) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not _lives(compiler)


def _interrupt(command: list[str], module: Path, compilers: list[int]) -> None:
    with binary.running(command, module, subprocess.DEVNULL) as process:
        assert process.stderr
        compilers.append(int(process.stderr.readline()))
        raise KeyboardInterrupt


def _lives(pid: int) -> bool:
    """Whether it runs; a zombie waits for init to look (proc(5))."""
    try:
        return (
            Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")")[1].split()[0] != "Z"
        )
    except FileNotFoundError:
        return False


def test_without_go_the_message_says_what_is_needed(
    module: Path, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The version, and the other way out."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PlaygroundError, match=r"Go 1\.26 or newer.*ASSESSOR_CONTROLPLANE"):
        binary.find(environment, module)


def test_the_real_module_names_its_kubernetes() -> None:
    """The version that the README states is the one that is built."""
    version = binary.kubernetes_version()
    readme = (binary.MODULE.parents[1] / "README.md").read_text(encoding="utf-8")
    minor = ".".join(version.removeprefix("v").split(".")[:2])
    assert f"**Supported Kubernetes versions**: {minor}," in readme
