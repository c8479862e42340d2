"""What is shipped: pinned, hashed, without addresses, and no more than needed."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from assessor import __version__
from assessor.cli.scan import scan

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
    """A release passes a digest; what is shipped is built from nothing, without its shell."""
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    (default,) = (line for line in lines if line.startswith("ARG BASE_IMAGE="))
    assert ":" in default
    stages = [line for line in lines if line.startswith("FROM")]
    assert stages == ["FROM ${BASE_IMAGE} AS build", "FROM scratch"]
    shipped = lines[lines.index("FROM scratch") :]
    assert not [line for line in shipped if line.startswith(("RUN", "SHELL"))]


def test_the_dockerfile_passes_the_project_s_own_scan(monkeypatch: pytest.MonkeyPatch) -> None:
    """With not the least finding."""
    monkeypatch.chdir(ROOT)
    result = CliRunner().invoke(scan, ["Dockerfile", "--fail-on", "low"])
    assert result.exit_code == 0, result.output
    assert "no findings" in result.output


def test_the_build_s_context_holds_what_is_copied() -> None:
    """All is left out but what the Dockerfile asks for: no history, no credentials, no caches."""
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    rules = [line for line in ignored if line and not line.startswith("#")]
    assert rules[0] == "*"
    let_in = {line[1:] for line in rules if line.startswith("!")}
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    copies = re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.MULTILINE)
    copied = {source.replace("[n]", "n") for line in copies for source in line.split()}
    assert let_in == copied


def test_the_image_installs_only_what_is_hashed() -> None:
    """Each installation verifies hashes or takes the wheel just built."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    installs = re.findall(r"pip (?:--python \S+ )?install ([^\n]*)", text)
    assert len(installs) == 3
    assert all("--require-hashes" in line or "--no-index" in line for line in installs)


def engines(folder: Path, answering: set[str]) -> dict[str, str]:
    """An environment in which all three engines are installed and only some answer."""
    for name in ("docker", "podman", "buildah"):
        script = folder / name
        info = 0 if name in answering else 1
        script.write_text(f'#!/bin/sh\n[ "$1" = info ] && exit {info}\necho {name} "$@"\n')
        script.chmod(0o755)
    return {"PATH": f"{folder}:/usr/bin:/bin"}


def build_image(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run tools/image.sh."""
    return subprocess.run(
        ["/bin/sh", str(ROOT / "tools" / "image.sh")],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_image_is_built_by_the_engine_that_answers(tmp_path: Path) -> None:
    """A docker command without its daemon is passed over; image and base are taken from outside."""
    environment = engines(tmp_path, {"podman", "buildah"})
    result = build_image(environment | {"IMAGE": "here/it:1", "BASE_IMAGE": "python@sha256:0"})
    assert result.returncode == 0
    command = result.stdout.splitlines()[-1]
    assert command.startswith("podman build ")
    assert "--tag here/it:1" in command
    assert "--build-arg BASE_IMAGE=python@sha256:0" in command


def test_the_image_is_named_after_the_version(tmp_path: Path) -> None:
    """Without a name it is what the manifests ask for."""
    result = build_image(engines(tmp_path, {"docker"}))
    assert f"--tag kube-assessor:{__version__}" in result.stdout
    assert "BASE_IMAGE" not in result.stdout


def test_without_an_engine_it_says_what_is_needed(tmp_path: Path) -> None:
    """Not a failure of some command, but a sentence."""
    result = build_image(engines(tmp_path, set()))
    assert result.returncode == 1
    assert "neither docker, podman nor buildah answers" in result.stderr
