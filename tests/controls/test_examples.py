"""Each check against its good, bad and silent example, and a gate that none is missing."""

import re
from pathlib import Path

import pytest

from assessor.catalogue.checks import Check, Problem
from assessor.checks.loading import load
from tests.controls.dockerfiles import example, problems_in
from tests.controls.manifests import EXAMPLES, problems_of, snapshot_of

CHECKS = {check.id: check for check in load()}
KINDS = ("good", "bad", "silent")
IGNORE = ".dockerignore"
"""Beside a Dockerfile, and a part of that example."""
EXPECTATION = re.compile(r"# expect: (none|problem)\n")


def folder(check: Check) -> Path:
    """Where a check's examples are."""
    return EXAMPLES / check.control / check.id


def path_of(check: Check, kind: str) -> Path:
    """An example's file."""
    return folder(check) / f"{kind}.{'Dockerfile' if check.at_build else 'yaml'}"


def found_in(check: Check, path: Path) -> list[Problem]:
    """What the check finds in an example."""
    if check.at_build:
        return problems_in(check, example(path))
    return problems_of(check, snapshot_of(path.read_text(encoding="utf-8")))


def expectation(text: str) -> str:
    """What the example's first line says that the check finds."""
    found = EXPECTATION.match(text)
    assert found, "the first line must be `# expect: none` or `# expect: problem`"
    return found[1]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
def test_example(check: Check, kind: str) -> None:
    """The check finds what the example's first line says, and each kind says what it must."""
    path = path_of(check, kind)
    expected = expectation(path.read_text(encoding="utf-8"))
    assert kind == "silent" or expected == {"good": "none", "bad": "problem"}[kind]
    found = found_in(check, path)
    assert bool(found) == (expected == "problem"), found


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
def test_every_check_has_its_three_examples(check: Check) -> None:
    """Nothing missing, nothing besides."""
    present = {path.name for path in folder(check).glob("*") if path.suffix != IGNORE}
    assert present == {path_of(check, kind).name for kind in KINDS}


def test_every_example_belongs_to_a_check() -> None:
    """A renamed check takes its examples along, and none stays where they once were."""
    here = Path(__file__).parent
    old = [*here.rglob("*.yaml"), *here.rglob("*.Dockerfile")]
    assert not old, f"they belong into {EXAMPLES}"
    present = {path.parent for path in EXAMPLES.rglob("*.*")}
    assert present == {folder(check) for check in CHECKS.values()}


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
def test_problems_fit_into_a_status(check: Check) -> None:
    """Messages and remediations stay short, and documentation is there."""
    found = found_in(check, path_of(check, "bad"))
    assert all(len(problem.message) <= 300 for problem in found)
    assert 0 < len(check.remediation) <= 300
    assert len(check.documentation) > 100
