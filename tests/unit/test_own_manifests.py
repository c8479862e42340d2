"""The project's own manifests pass its own scan, as the README tells others to do."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from assessor.cli.scan import scan

ROOT = Path(__file__).parents[2]


def test_the_project_s_manifests_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    """With what assessor.yaml and .assessorignore say, each with its reason."""
    monkeypatch.chdir(ROOT)
    result = CliRunner().invoke(scan, ["manifests", "crds", "--fail-on", "low"])
    assert result.exit_code == 0, result.output


def test_the_careless_sample_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """The scan above could fail."""
    monkeypatch.chdir(ROOT)
    assert CliRunner().invoke(scan, ["manifests/samples/careless.yaml"]).exit_code == 1
