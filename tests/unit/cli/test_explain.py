"""`assessor explain` and `assessor list`: the catalogue for a reader."""

import msgspec
import pytest
from click.testing import CliRunner

from assessor.adapters.examples import example_of
from assessor.catalogue.checklist import CONTROLS
from assessor.catalogue.checks import Check
from assessor.catalogue.references import REFERENCES
from assessor.checks.loading import load
from assessor.cli.explain import explain
from assessor.cli.list_controls import list_controls
from assessor.kernel.errors import CatalogueError, InputError

CHECKS = load()


@pytest.mark.parametrize("name", [each.id for each in CONTROLS])
def test_every_control_is_explained(name: str) -> None:
    """With each of its checks."""
    told = CliRunner().invoke(explain, [name]).output
    assert name in told
    assert all(check.id in told for check in CHECKS if check.control == name)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_every_check_has_before_and_after(check: Check) -> None:
    """What it finds something in, and the same mended, without the line that is for tests."""
    told = CliRunner().invoke(explain, [check.id], catch_exceptions=False).output
    both = told.partition("  Before:\n")[2].partition("\nReferences")[0]
    before, after = both.split("  After:\n")
    assert ("FROM " if check.at_build else "kind: ") in before
    assert ("FROM " if check.at_build else "kind: ") in after
    assert before.strip() != after.strip()
    assert "# expect" not in told


@pytest.mark.parametrize("name", [each.id for each in CONTROLS])
def test_every_control_has_references(name: str) -> None:
    """Addresses, at its end."""
    told = CliRunner().invoke(explain, [name]).output
    assert "https://" in told.partition("References\n")[2]


def test_references_are_of_controls() -> None:
    """A renamed control takes them along."""
    assert REFERENCES.keys() == {each.id for each in CONTROLS}


def test_a_missing_example_is_a_defect_that_is_named() -> None:
    """Not a traceback of the file system."""
    check = msgspec.structs.replace(CHECKS[0], id="unknown-check")
    with pytest.raises(CatalogueError, match="unknown-check"):
        example_of(check)


def test_a_check_is_explained_by_itself() -> None:
    """With how it is judged in files, and how to mend what it finds."""
    told = CliRunner().invoke(explain, ["no-network-policy"]).output
    assert "only with --complete" in told
    assert "How to mend it" in told


def test_what_is_not_there_is_an_error() -> None:
    """One sentence that says how to find out."""
    error = CliRunner().invoke(explain, ["nothing"]).exception
    assert isinstance(error, InputError)
    assert "assessor list" in str(error)


def test_the_list_holds_all() -> None:
    """All controls and all checks, and how many there are."""
    told = CliRunner().invoke(list_controls).output
    assert all(each.id in told for each in (*CONTROLS, *CHECKS))
    automated = {check.control for check in CHECKS}
    assert f"{len(automated)} of 64 controls" in told
