"""Files of somebody who means harm, scanned: every report is what its format says, and no more."""

import json
import re
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import yaml
from click import Command
from click.testing import CliRunner

from assessor.cli.main import main
from assessor.cli.netpol import netpol
from assessor.cli.rbac import rbac
from assessor.cli.scan import scan
from tests.hostile.tenant import binding, role, user
from tests.hostile.test_strange import CONTROLS, MARKUP, NAMED, TEXT, objects
from tests.integration.kube import Json, deployment, network_policy

FOLDER = "evil \x1b[31m\u202e<b>|`&'\n::error::x"
"""Of folders only a slash and NUL are no part of a name."""


def named(manifest: Json) -> Json:
    """The same, called what no API server would take."""
    meta = manifest["metadata"] | {"name": TEXT + manifest["metadata"]["name"], "namespace": TEXT}
    return manifest | {"metadata": meta}


USE = {
    "kind": "Event",
    "apiVersion": "audit.k8s.io/v1",
    "level": "Metadata",
    "stage": "ResponseComplete",
    "verb": "get",
    "user": {"username": "jane"},
    "requestURI": "/api/v1/namespaces/shop/pods/x",
    "objectRef": {"resource": "pods", "namespace": "shop", "name": "x", "apiVersion": "v1"},
    "requestReceivedTimestamp": "2026-01-01T00:00:00.000000Z",
    "stageTimestamp": "2026-01-01T00:00:00.000000Z",
    "responseStatus": {"code": 200},
    "annotations": {"authorization.k8s.io/decision": "allow"},
}
"""A use of somebody else's, so that none of what is asked about was seen."""
COMMANDS = "::error::x ##[error]x ##vso[task.setvariable variable=x]x ##teamcity[buildStop x='y']"
"""What GitHub, Azure Pipelines and TeamCity carry out where a job writes it."""
COMMANDING = re.compile(r"^\s*::[\w-]+(\s.*)?::|##(\[|vso|teamcity)", re.MULTILINE)


def commanding(manifest: Json) -> Json:
    """The same, called what those who run jobs obey."""
    return manifest | {"metadata": {"name": COMMANDS, "namespace": COMMANDS}}


@pytest.fixture
def commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where one stands beside files of such names, with objects of such names."""
    monkeypatch.chdir(tmp_path)
    made = Path("::warning::x")
    made.mkdir()
    for number, (_, each) in enumerate(objects()):
        named_so = {"name": COMMANDS, "image": f"##vso[x]{COMMANDS}", "args": [COMMANDS]}
        text = json.dumps(commanding(each)).replace('"name": "app"', json.dumps(named_so)[1:-1])
        (made / f"##[error]{number}.json").write_text(text)
    (made / "##vso[x]broken.yaml").write_text(f"kind: [\n{COMMANDS}: {{\n")
    return made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Hostile objects, in a file of a hostile name, beside a way out of the folder and a circle."""
    outside = tmp_path / "outside.yaml"
    outside.write_text(yaml.safe_dump(objects()[0][1]))
    made = tmp_path / FOLDER
    made.mkdir()
    manifests = [each for _, each in objects()]
    for number, each in enumerate((*manifests, *map(named, manifests))):
        (made / f"{number}.json").write_text(json.dumps(each))
    (made / "broken.yaml").write_text(f"kind: [\n{MARKUP}: {'{' * 50}\n")
    (made / "again").symlink_to(made, target_is_directory=True)
    (made / "linked.yaml").symlink_to(outside)
    return made


def report(folder: Path, output: str) -> str:
    """What `assessor scan` writes into a pipe."""
    return CliRunner().invoke(scan, ["-o", output, str(folder)]).stdout


@pytest.mark.parametrize("output", ["table", "markdown"])
def test_a_terminal_obeys_nothing(folder: Path, output: str) -> None:
    """Lines are the report's own, and so are colours, marks and links."""
    told = report(folder, output)
    assert "WORKLOAD-06" in told
    assert not (CONTROLS - {"\n"}).intersection(told)
    assert not [line for line in told.splitlines() if line.startswith(("::", '{"event'))]
    if output == "markdown":
        assert "<script>" not in told
        assert "[x](javascript" not in told


def test_xml_is_xml(folder: Path) -> None:
    """Whatever it has no letters for, and whatever would end its sections."""
    suites = ET.fromstring(report(folder, "junit"))  # noqa: S314 - our own
    assert suites.findall(".//failure")
    assert not suites.findall(".//script")


@pytest.mark.parametrize("output", ["json", "sarif"])
def test_json_is_json(folder: Path, output: str) -> None:
    """And UTF-8; the names of files are URIs in SARIF."""
    text = report(folder, output)
    told = json.loads(text)
    text.encode()
    if output == "sarif":
        places = [each["locations"][0]["physicalLocation"] for each in told["runs"][0]["results"]]
        assert places
        assert not any(set(" \n<|").intersection(p["artifactLocation"]["uri"]) for p in places)


def test_no_value_is_told(folder: Path) -> None:
    """In none of the formats."""
    for output in ("table", "markdown", "junit", "json", "sarif"):
        assert "hunter2" not in report(folder, output)


@pytest.mark.parametrize("output", ["table", "markdown", "junit", "json", "sarif"])
def test_a_job_obeys_nothing(commands: Path, output: str) -> None:
    """What is scanned on a change of somebody's tells the system that runs the job nothing."""
    told = report(commands, output)
    assert "setvariable" in told
    assert not COMMANDING.search(told)
    if output in ("json", "sarif"):
        assert "##vso[" in str(json.loads(told)), "the document says what the file says"
    if output == "junit":
        assert "##vso[" in str([each.attrib for each in ET.fromstring(told).iter()])  # noqa: S314


def run(command: Command, *arguments: str) -> str:
    """What a command writes into pipes, on both."""
    result = CliRunner().invoke(command, arguments)
    return f"{result.stdout}\n{result.stderr}"


POLICY = network_policy("deny", ingress=[{"from": [{"podSelector": {}}], "ports": [{"port": 1}]}])


@pytest.mark.parametrize(
    "arguments",
    [
        ("connections",),
        ("connections", "-o", "dot"),
        ("connections", "-o", "json"),
        ("diff", "."),
        ("diff", ".", "-o", "md"),
        ("fix",),
    ],
    ids=" ".join,
)
def test_connections_tell_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    """Names of workloads in files are anybody's to choose, and a diff becomes a comment."""
    monkeypatch.chdir(tmp_path)
    before, after = Path("before"), Path("after")
    for folder in (before, after):
        folder.mkdir()
        for number in range(2):
            name = f"{COMMANDS}\n::error::{number} {TEXT}" + "`<b>|"
            made = deployment("own") | {"metadata": {"name": name, "namespace": "shop"}}
            (folder / f"{number}.json").write_text(json.dumps(made))
    meta = {"metadata": {"name": f"p{TEXT}", "namespace": "shop"}}
    (after / "policy.json").write_text(json.dumps(POLICY | meta))
    name, *options = arguments
    if name == "diff":
        told = run(netpol, name, str(before), str(after), *options[1:])
    else:
        told = run(netpol, name, *options, "-f", str(after))
    assert "x" in told
    # JSON tells what files say; how a terminal shows that is up to whoever reads it.
    shown = "" if "json" in options else told
    assert not (CONTROLS - {"\n"}).intersection(shown)
    assert not COMMANDING.search(told)
    if "md" in options:
        rows = [line for line in told.splitlines() if line.startswith("| `")]
        assert rows
        assert all(row.count("`") == 4 and row.count("|") == 4 for row in rows)


def test_rights_tell_no_more(tmp_path: Path) -> None:
    """RBAC's names hold nearly anything, and a table is for a terminal."""
    subjects = [user(TEXT), user(COMMANDS)]
    secrets = {"apiGroups": [""], "resources": ["secrets"], "verbs": ["get"]}
    made = [role(NAMED, secrets), binding(NAMED, {"kind": "Role", "name": NAMED}, *subjects)]
    for number, each in enumerate(made):
        each["metadata"]["namespace"] = "shop"
        (tmp_path / f"{number}.json").write_text(json.dumps(each))
    log = tmp_path / "audit.log"
    log.write_text(json.dumps(USE) + "\n")
    asked = ("who-can", "get", "secrets", "-n", "shop")
    used = ("usage", "--audit-log", str(log))
    for arguments in (asked, used, (*used, "-o", "yaml")):
        told = run(rbac, *arguments, "-f", str(tmp_path / "0.json"), "-f", str(tmp_path / "1.json"))
        assert "1 authorized uses" in told or "SUBJECT" in told
        assert not (CONTROLS - {"\n"}).intersection(told), arguments
        if "yaml" not in arguments:
            assert not COMMANDING.search(told)


def test_errors_tell_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of a file that is none, by its name."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["assessor", "scan", f"{TEXT}\n{COMMANDS}"])
    with pytest.raises(SystemExit):
        main()
    told = capsys.readouterr().err
    assert "assessor:" in told
    assert not (CONTROLS - {"\n"}).intersection(told)
    assert not COMMANDING.search(told)
