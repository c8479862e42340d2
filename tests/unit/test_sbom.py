"""The image's bill of materials: valid CycloneDX of what is shipped, the same at each run."""

import json
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from assessor import __version__
from tests.unit.test_packaging import entries
from tests.unit.tools_by_path import tool

ROOT = Path(__file__).parents[2]
SBOM = tool("sbom")


@pytest.fixture(scope="module")
def text() -> str:
    """The document as it is written."""
    return str(SBOM.rendered(SBOM.bill_of_materials((ROOT / "requirements.lock").read_text())))


def test_it_is_valid(text: str) -> None:
    """By the specification's own schema, which can say no."""
    validator = JsonStrictValidator(SchemaVersion.V1_6)
    assert validator.validate_str(text) is None
    assert validator.validate_str(text.replace('"library"', '"thing"')) is not None


def test_it_lists_what_is_shipped(text: str) -> None:
    """Each pin of the lock, each with a licence; the product is what they are parts of."""
    document = json.loads(text)
    listed = {each["name"]: each["version"] for each in document["components"]}
    assert listed == {name: pin for name, (pin, _) in entries("requirements.lock").items()}
    assert all(each["licenses"] for each in document["components"])
    product = document["metadata"]["component"]
    assert (product["name"], product["version"]) == ("kube-assessor", __version__)


def test_it_tells_what_needs_what(text: str) -> None:
    """From the product down, everything is reached."""
    needs = {each["ref"]: each.get("dependsOn", []) for each in json.loads(text)["dependencies"]}
    reached, ahead = set(), [f"pkg:pypi/kube-assessor@{__version__}"]
    while ahead:
        ref = ahead.pop()
        if ref not in reached:
            reached.add(ref)
            ahead += needs[ref]
    assert reached == needs.keys()


def test_it_is_the_same_each_time(text: str) -> None:
    """Nothing of the moment is in it."""
    again = SBOM.rendered(SBOM.bill_of_materials((ROOT / "requirements.lock").read_text()))
    assert again == text
    assert "serialNumber" not in text
    assert "timestamp" not in text


def test_another_version_than_is_installed_is_refused() -> None:
    """Its licence and dependencies would be another's."""
    with pytest.raises(SystemExit, match=r"aiohttp .* is installed, 0\.1 is shipped"):
        SBOM.bill_of_materials("aiohttp==0.1 \\\n    --hash=sha256:0\n")


def test_a_version_that_was_raised_since_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The image is called after the code's, and its bill of materials must not be of another."""
    monkeypatch.setattr(SBOM, "__version__", "0.2")
    with pytest.raises(SystemExit, match=r"kube-assessor .* is installed, 0\.2 is shipped"):
        SBOM.bill_of_materials("")
