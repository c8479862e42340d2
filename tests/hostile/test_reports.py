"""Files of somebody who means harm, scanned: every report is what its format says, and no more."""

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import yaml
from click.testing import CliRunner

from assessor.cli.scan import scan
from tests.hostile.test_strange import CONTROLS, MARKUP, TEXT, objects
from tests.integration.kube import Json

FOLDER = "evil \x1b[31m\u202e<b>|`&'\n::error::x"
"""Of folders only a slash and NUL are no part of a name."""


def named(manifest: Json) -> Json:
    """The same, called what no API server would take."""
    meta = manifest["metadata"] | {"name": TEXT + manifest["metadata"]["name"], "namespace": TEXT}
    return manifest | {"metadata": meta}


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
