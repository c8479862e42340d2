"""`assessor scan` on Dockerfiles: which files, what is told where, what is unknown, exit codes."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner, Result

from assessor.adapters.dockerfiles import context
from assessor.adapters.dockerfiles.ignore_rules import IgnoreRules
from assessor.cli.scan import scan

ROOT = Path(__file__).parents[3]
SUDO = "FROM debian:13.1\nRUN sudo make\n"
ONE = ("--control", "sudo-in-run")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory of its own to be in, so that paths in outputs are short."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(name: str, text: str) -> str:
    """Write a file below the current directory."""
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return name


def run(*arguments: str, text: str | None = None) -> Result:
    """Call the command."""
    return CliRunner().invoke(scan, arguments, input=text, catch_exceptions=False)


def document(*arguments: str) -> dict[str, Any]:
    """Call the command for JSON, which is what the schema says."""
    made: dict[str, Any] = json.loads(run(*arguments, "-o", "json").stdout)
    schema = json.loads((ROOT / "docs" / "scan" / "schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(made, schema)
    return made


def result(made: dict[str, Any], control: str) -> dict[str, Any]:
    """What a control came to."""
    return next(each for each in made["controls"] if each["id"] == control)


def test_files_are_dockerfiles_by_their_names() -> None:
    """And by an option; nothing else is, and ignore files hold as for manifests."""
    names = [
        "Dockerfile",
        "a/Dockerfile.dev",
        "b/api.Dockerfile",
        "c/Containerfile",
        "d/x.dockerfile",
    ]
    for name in [
        *names,
        "Dockerfile.dockerignore",
        "dockerfiles.txt",
        "e/build",
        "ignored/Dockerfile",
    ]:
        write(name, SUDO)
    write(".gitignore", "ignored/\n")
    assert [each["file"] for each in document(".", *ONE)["findings"]] == names
    assert [each["file"] for each in document("--dockerfile", "e/build", *ONE)["findings"]] == [
        "e/build"
    ]


def test_a_dockerfile_is_read_from_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a folder, what the build is given is not known, and told so."""
    monkeypatch.setattr("assessor.adapters.manifests.reading._stdin", SUDO.encode)
    made = document("--dockerfile", "-")
    assert "sudo-in-run" in {each["check"] for each in made["findings"]}
    assert result(made, "IMAGE-09") == {
        "id": "IMAGE-09",
        "result": "Unknown",
        "reason": "NotEvaluated",
        "message": "Not understood everywhere, the warnings say where: buildcontexts",
    }
    told = "nobody knows which folder the build is given; --context names it"
    assert made["warnings"] == [{"file": "-", "message": told}]


def test_a_finding_says_where_and_in_which_stage() -> None:
    """Line and column from and to, and the replacement that takes it away."""
    write("Dockerfile", "FROM debian:13.1 AS build\nRUN true && \\\n    sudo -E make\n")
    (finding,) = document("Dockerfile", *ONE)["findings"]
    assert finding["object"] == {"group": "", "kind": "Dockerfile", "name": "Dockerfile"}
    assert [finding[key] for key in ("line", "column", "endLine", "endColumn")] == [3, 5, 3, 17]
    assert finding["stage"] == "build"
    assert finding["message"] == "stage build: sudo runs make"
    assert finding["replacements"] == [
        {"line": 3, "column": 5, "endLine": 3, "endColumn": 13, "text": ""}
    ]


def test_sarif_has_regions_and_fixes() -> None:
    """As code scanning shows them."""
    write("Dockerfile", SUDO)
    (log,) = json.loads(run("Dockerfile", *ONE, "-o", "sarif").stdout)["runs"]
    (found,) = log["results"]
    region = found["locations"][0]["physicalLocation"]["region"]
    assert region == {"startLine": 2, "startColumn": 5, "endLine": 2, "endColumn": 14}
    (replacement,) = found["fixes"][0]["artifactChanges"][0]["replacements"]
    assert replacement["deletedRegion"]["endColumn"] == 10
    assert replacement["insertedContent"] == {"text": ""}


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("FROM a\nFOO b\n", 2, "FOO is no instruction"),
        (
            "FROM {{ image }}\nRUN a\n{{ if b }}\n",
            1,
            "is a template, which is to be filled in first",
        ),
        ("FROM a\nRUN <<EOF\nb\n", 2, "a here-document is not ended"),
        ("RUN a\n", 1, "RUN stands before the first FROM"),
        ("# only a comment\n", 1, "there is no FROM in it"),
        ("FROM a b\n", 1, "FROM needs an image, and AS and a name where it has one"),
        ("FROM a\nCOPY b\n", 2, "COPY needs a source and a destination"),
        ("FROM a\n\nENV A\n", 3, "a name needs a value"),
    ],
)
def test_what_no_builder_takes_is_told_and_the_rest_is_scanned(
    text: str, line: int, reason: str
) -> None:
    """File, line and reason; exit code 2."""
    write("a/Dockerfile", text)
    write("b/Dockerfile", SUDO)
    made = document(".", *ONE)
    assert [(e["file"], e["line"], e["message"]) for e in made["errors"]] == [
        ("a/Dockerfile", line, reason)
    ]
    assert [each["file"] for each in made["findings"]] == ["b/Dockerfile"]
    assert run(".", *ONE).exit_code == 2


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('FROM a:1\nSHELL ["powershell", "-Command"]\nRUN Get-Item x\n', "PowerShell runs it"),
        ('FROM a:1\nRUN ["pwsh", "-c", "ls"]\n', "PowerShell runs it"),
        (
            "FROM mcr.microsoft.com/windows/servercore:ltsc2025\nRUN dir\n",
            "the command processor of Windows runs it",
        ),
        ('FROM a:1\nSHELL ["python3", "-c"]\nRUN x\n', "its shell is none that is known here"),
        ("FROM a:1\nRUN if then\n", "the shell's grammar does not take line 2"),
    ],
)
def test_what_is_not_understood_is_unknown_and_told(text: str, told: str) -> None:
    """A control of commands is Unknown, not Pass; one of instructions is judged."""
    write("Dockerfile", text)
    made = document("Dockerfile")
    assert any(told in each["message"] for each in made["warnings"]), made["warnings"]
    for control in ("IMAGE-01", "IMAGE-03", "IMAGE-14", "IMAGE-16"):
        assert result(made, control)["result"] == "Unknown", control
    assert result(made, "IMAGE-02")["result"] == "Pass"


def test_what_is_found_beside_it_stands() -> None:
    """Unknown parts take nothing away."""
    text = 'FROM a:1\nRUN sudo x\nSHELL ["powershell"]\nRUN y\n'
    write("Dockerfile", text)
    assert result(document("Dockerfile"), "IMAGE-01")["result"] == "Fail"


def test_an_argument_without_a_default_leaves_the_image_unknown() -> None:
    """With one, that decides."""
    write("Dockerfile", "ARG VERSION\nFROM debian:${VERSION}\n")
    made = document("Dockerfile")
    assert result(made, "IMAGE-13")["result"] == "Unknown"
    assert made["warnings"][0]["line"] == 2
    for default, expected in (("latest", "Fail"), ("13.1", "Pass")):
        write("Dockerfile", f"ARG VERSION={default}\nFROM debian:${{VERSION}}\n")
        assert result(document("Dockerfile"), "IMAGE-13")["result"] == expected


def test_manifests_alone_leave_image_controls_without_subjects() -> None:
    """Neither passed nor unknown: there is no Dockerfile."""
    write("a.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: []}\n")
    assert result(document("a.yaml"), "IMAGE-01")["reason"] == "NoSubjects"


def test_the_context_is_the_folder_that_holds_what_is_copied(folder: Path) -> None:
    """Its ignore file counts, unless the Dockerfile has one of its own name; --context decides."""
    (folder / ".git").mkdir()
    write("src/a", "")
    write("docker/Dockerfile", "FROM debian:13.1\nCOPY src /src\n")
    only = ("--control", "IMAGE-09")
    assert [each["check"] for each in document("docker", *only)["findings"]] == ["no-dockerignore"]
    write(".dockerignore", ".git\n**/.env\n")
    assert document("docker", *only)["findings"] == []
    write("src/.env.production", "A=1")
    (finding,) = document("docker", *only)["findings"]
    assert finding["message"] == "the build is given src/.env.production, one of: environment files"
    write("docker/Dockerfile.dockerignore", "*\n!src/a\n")
    assert document("docker", *only)["findings"] == []
    write("other/.dockerignore", "*\n")
    Path("docker/Dockerfile.dockerignore").unlink()
    assert document("docker", *only, "--context", "other")["findings"] == []


def test_a_baseline_keeps_findings_known_while_lines_move() -> None:
    """And tells the second of the same kind in a stage from the first."""
    write("Dockerfile", SUDO)
    assert run(".", *ONE, "--write-baseline", "known.json").exit_code == 0
    write("Dockerfile", f"# a comment\n\n{SUDO}RUN sudo make\n")
    made = document(".", *ONE, "--baseline", "known.json")
    assert [each["line"] for each in made["findings"]] == [5]


def test_our_own_dockerfile_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    """At the lowest severity, and nothing in it is unknown."""
    monkeypatch.chdir(ROOT)
    assert run("Dockerfile", "--fail-on", "low").exit_code == 0
    made = document("Dockerfile")
    assert made["findings"] == []
    assert made["warnings"] == []
    judged = {f"IMAGE-{number:02}" for number in (*range(1, 15), 16)}
    assert {each["id"] for each in made["controls"] if each["result"] == "Pass"} == judged


def test_a_manifest_alone_loads_no_grammar() -> None:
    """One file shall be scanned at once; a Dockerfile does load it."""
    write("a.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: []}\n")
    write("Dockerfile", SUDO)
    assert loaded("a.yaml") == []
    assert "tree_sitter" in loaded("Dockerfile")


def loaded(file: str) -> list[str]:
    """The modules of the grammar that a fresh interpreter has after scanning a file."""
    shown = "print(*(m for m in sys.modules if m.startswith('tree_sitter')), file=sys.stderr)"
    lines = (
        "import sys, atexit",
        f"atexit.register(lambda: {shown})",
        f"sys.argv = ['assessor', 'scan', '{file}']",
        "from assessor.cli.main import main",
        "main()",
    )
    command = [sys.executable, "-c", "\n".join(lines)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stderr.split()


def test_a_folder_is_looked_into_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many Dockerfiles are in it: else many take the square of their number."""
    looked: list[Path] = []

    def counted(root: Path, rules: IgnoreRules) -> Iterator[str]:
        looked.append(root)
        return walk(root, rules)

    walk = context._walk
    monkeypatch.setattr(context, "_walk", counted)
    for number in range(5):
        write(f"{number}.Dockerfile", "FROM debian:13.1\nCOPY src /src\n")
    write("src/.env", "A=1")
    write(".dockerignore", "*.md\n")
    found = document(".", "--control", "dockerignore-gap")["findings"]
    assert len(found) == 5
    assert len(looked) == 1
