"""What other programs read of a scan: by the schemas and habits that they go by."""

import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import jsonschema
import pytest
from click.testing import CliRunner

from assessor.cli.scan import scan

ROOT = Path(__file__).parents[4]
SCHEMA = json.loads((ROOT / "docs" / "scan" / "schema.json").read_text(encoding="utf-8"))
CARELESS = (ROOT / "manifests" / "samples" / "careless.yaml").read_text(encoding="utf-8")
BROKEN = "apiVersion: v1\nkind: Pod\nmetadata: {name: 'a}\n"
REPEATED = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, name: a}\n"


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Findings, an error, a warning and a clean file."""
    monkeypatch.chdir(tmp_path)
    for name, text in {
        "a dir/careless <&.yaml": CARELESS,
        "broken.yaml": BROKEN,
        "repeated.yaml": REPEATED,
    }.items():
        path = Path(name)
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")


def output(form: str, *paths: str) -> str:
    """The scan in a format."""
    return CliRunner().invoke(scan, [*(paths or (".",)), "-o", form]).stdout


def test_json_is_what_the_schema_says() -> None:
    """And the schema is one; the readers' copy is the one in docs."""
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    told = json.loads(output("json"))
    jsonschema.validate(told, SCHEMA, jsonschema.Draft202012Validator)
    assert len(told["findings"]) > 20
    assert len(told["errors"]) == len(told["warnings"]) == 1
    assert any("patch" in each for each in told["findings"])
    assert any("container" in each for each in told["findings"])


def test_json_of_nothing_is_what_the_schema_says() -> None:
    """No findings at all."""
    told = json.loads(output("json", "repeated.yaml"))
    jsonschema.validate(told, SCHEMA, jsonschema.Draft202012Validator)


def sarif() -> dict[str, Any]:
    """The run of a SARIF log."""
    log = json.loads(output("sarif"))
    assert (log["version"], len(log["runs"])) == ("2.1.0", 1)
    assert log["$schema"].endswith("sarif-schema-2.1.0.json")
    run: dict[str, Any] = log["runs"][0]
    return run


def test_sarif_s_rules_have_help() -> None:
    """SARIF 2.1.0, 3.49; code scanning shows help and its severity."""
    rules = sarif()["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules) > 50
    for rule in rules:
        assert rule["help"]["text"]
        assert rule["shortDescription"]["text"]
        assert rule["defaultConfiguration"]["level"] in ("error", "warning", "note")
        assert 0 <= float(rule["properties"]["security-severity"]) <= 10


def test_sarif_s_results_have_places_and_stable_fingerprints() -> None:
    """3.27 to 3.30: rule, level, message, region, and a URI that is one."""
    run = sarif()
    rules = run["tool"]["driver"]["rules"]
    assert run["columnKind"] == "unicodeCodePoints"
    assert len(run["results"]) > 20
    prints = set()
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["message"]["text"]
        (place,) = result["locations"]
        physical = place["physicalLocation"]
        assert physical["artifactLocation"]["uri"] == "a%20dir/careless%20%3C%26.yaml"
        assert physical["region"]["startLine"] >= 1
        assert physical["region"]["startColumn"] >= 1
        (value,) = result["partialFingerprints"].values()
        assert re.fullmatch(r"[0-9a-f]{16}", value)
        prints.add(value)
    assert len(prints) == len(run["results"])


def test_sarif_says_what_could_not_be_read() -> None:
    """3.20: the invocation was not successful, and why."""
    (invocation,) = sarif()["invocations"]
    assert invocation["executionSuccessful"] is False
    levels = [each["level"] for each in invocation["toolExecutionNotifications"]]
    assert levels == ["error", "warning"]


def test_junit_adds_up() -> None:
    """Sums are right, names are escaped, a clean file is a passed case."""
    suites = ET.fromstring(output("junit"))  # noqa: S314 - our own
    failures = suites.findall(".//failure")
    assert int(suites.get("failures", "")) == len(failures) > 20
    assert int(suites.get("errors", "")) == len(suites.findall(".//error")) == 1
    names = [suite.get("name") for suite in suites]
    assert names == ["a dir/careless <&.yaml", "repeated.yaml", "broken.yaml"]
    for suite in suites:
        assert int(suite.get("tests", "")) == len(suite.findall("testcase"))
        assert int(suite.get("failures", "")) == len(suite.findall("testcase/failure"))


def test_markdown_is_a_table_for_each_file() -> None:
    """With names that are no markup."""
    text = output("markdown")
    assert "## a dir/careless \\<&.yaml" in text
    assert "| Critical |" in text
    assert "## Cannot be read" in text
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert all(len(re.findall(r"(?<!\\)\|", row)) in (3, 6) for row in rows)


def test_secret_values_are_in_no_format(tmp_path: Path) -> None:
    """Neither of Secrets nor of what looks like one, nor of what cannot be parsed."""
    value = "s3cr3t-AKIAIOSFODNN7EXAMPLE-value"
    text = (
        f"apiVersion: v1\nkind: Secret\nmetadata: {{name: a}}\nstringData: {{key: {value}}}\n"
        "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
        f"data: {{password: {value}}}\n"
        f"---\napiVersion: v1\nkind: Secret\nmetadata: {{name: b}}\ndata: !!int {value}\n"
        f"---\napiVersion: v1\nkind: Secret\nmetadata: {{name: b}}\ndata: '{value}\n"
    )
    (tmp_path / "secret.yaml").write_text(text, encoding="utf-8")
    for form in ("table", "json", "sarif", "junit", "markdown"):
        told = output(form, "secret.yaml")
        assert "secret-in-source" in told or form == "junit"
        assert value not in told
