"""Each check against its good, bad and silent example, and a gate that none is missing."""

import re
from pathlib import Path

import pytest

from assessor.catalogue.checks import Check
from assessor.checks.loading import load
from tests.controls.manifests import EXAMPLES, problems_of, snapshot_of

CHECKS = {check.id: check for check in load()}
KINDS = ("good", "bad", "silent")
EXPECTATION = re.compile(r"# expect: (none|problem)\n")


def folder(check: Check) -> Path:
    """Where a check's examples are."""
    return EXAMPLES / check.control / check.id


def expectation(text: str) -> str:
    """What the example's first line says that the check finds."""
    found = EXPECTATION.match(text)
    assert found, "the first line must be `# expect: none` or `# expect: problem`"
    return found[1]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
def test_example(check: Check, kind: str) -> None:
    """The check finds what the example's first line says, and each kind says what it must."""
    text = (folder(check) / f"{kind}.yaml").read_text(encoding="utf-8")
    expected = expectation(text)
    assert kind == "silent" or expected == {"good": "none", "bad": "problem"}[kind]
    found = problems_of(check, snapshot_of(text))
    assert bool(found) == (expected == "problem"), found


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
def test_every_check_has_its_three_examples(check: Check) -> None:
    """Nothing missing, nothing besides."""
    present = sorted(path.name for path in folder(check).glob("*"))
    assert present == sorted(f"{kind}.yaml" for kind in KINDS)


def test_every_example_belongs_to_a_check() -> None:
    """A renamed check takes its examples along, and none stays where they once were."""
    assert not list(Path(__file__).parent.rglob("*.yaml")), f"they belong into {EXAMPLES}"
    present = {path.parent for path in EXAMPLES.rglob("*.yaml")}
    assert present == {folder(check) for check in CHECKS.values()}


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
def test_problems_fit_into_a_status(check: Check) -> None:
    """Messages and remediations stay short, and documentation is there."""
    text = (folder(check) / "bad.yaml").read_text(encoding="utf-8")
    assert all(len(problem.message) <= 300 for problem in problems_of(check, snapshot_of(text)))
    assert 0 < len(check.remediation) <= 300
    assert len(check.documentation) > 100
