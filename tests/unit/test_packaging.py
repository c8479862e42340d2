"""What is shipped: pinned, hashed, without addresses, and no more than needed."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = ("requirements.lock", "requirements-build.lock", "requirements-dev.lock")
PIN = re.compile(r"(?P<name>[a-z0-9][a-z0-9._-]*)==(?P<version>[^ ]+) \\")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def entries(lock: str) -> dict[str, tuple[str, list[str]]]:
    """Version and hashes by package."""
    found: dict[str, tuple[str, list[str]]] = {}
    name = ""
    for line in (ROOT / lock).read_text(encoding="utf-8").splitlines():
        if pin := PIN.fullmatch(line):
            name = pin["name"]
            found[name] = (pin["version"], [])
        elif line.startswith("    --hash="):
            found[name][1].append(line.strip().removesuffix(" \\"))
    return found


def names(requirements: list[str]) -> set[str]:
    """The packages of a list of requirements, spelt as in a lock."""
    return {re.split(r"[<>=~!;\[ ]", entry)[0].lower().replace("_", "-") for entry in requirements}


@pytest.mark.parametrize("lock", LOCKS)
def test_locks_hold_pins_and_hashes_and_nothing_else(lock: str) -> None:
    """No address, no path, no option: it installs from whichever index is configured."""
    for line in (ROOT / lock).read_text(encoding="utf-8").splitlines():
        assert (
            not line
            or line.startswith("#")
            or PIN.fullmatch(line)
            or re.fullmatch(r"    --hash=sha256:[0-9a-f]{64}( \\)?", line)
        ), line
        assert "://" not in line
    assert all(hashes for _, hashes in entries(lock).values())


def test_locks_cover_what_the_project_declares() -> None:
    """A dependency that is declared and not locked would not be installed."""
    runtime = names(PROJECT["dependencies"])
    assert runtime <= entries("requirements.lock").keys()
    development = names(PROJECT["optional-dependencies"]["dev"])
    assert runtime | development <= entries("requirements-dev.lock").keys()
    assert "hatchling" in entries("requirements-build.lock")


def test_locks_agree() -> None:
    """What is tested is what is shipped."""
    tested = entries("requirements-dev.lock")
    for lock in ("requirements.lock", "requirements-build.lock"):
        for name, entry in entries(lock).items():
            assert tested[name] == entry, name


def test_every_dependency_has_a_lower_bound() -> None:
    """And none is pinned, so that the package can be installed beside others."""
    for requirement in (*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"]):
        assert ">=" in requirement
        assert "==" not in requirement


def test_the_image_runs_as_a_numeric_user() -> None:
    """The kubelet can verify runAsNonRoot only by a number."""
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line.startswith("USER")] == ["USER 65532:65532"]
    assert 'ENTRYPOINT ["assessor"]' in lines
    assert 'CMD ["run"]' in lines


def test_the_image_s_base_is_an_argument() -> None:
    """A release passes a digest; no stage names an image of its own."""
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    (default,) = (line for line in lines if line.startswith("ARG BASE_IMAGE="))
    assert ":" in default
    stages = [line for line in lines if line.startswith("FROM")]
    assert len(stages) == 2
    assert all(stage.startswith("FROM ${BASE_IMAGE}") for stage in stages)


def test_the_image_installs_only_what_is_hashed() -> None:
    """Each installation verifies hashes or takes the wheel just built."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    installs = re.findall(r"pip (?:--python \S+ )?install ([^\n]*)", text)
    assert len(installs) == 3
    assert all("--require-hashes" in line or "--no-index" in line for line in installs)
