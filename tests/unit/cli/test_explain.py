"""`assessor explain` and `assessor list`: the catalogue for a reader."""

import pytest
from click.testing import CliRunner

from assessor.catalogue.checklist import CONTROLS
from assessor.checks.loading import load
from assessor.cli.explain import explain
from assessor.cli.list_controls import list_controls
from assessor.kernel.errors import InputError

CHECKS = load()


@pytest.mark.parametrize("name", [each.id for each in CONTROLS])
def test_every_control_is_explained(name: str) -> None:
    """With each of its checks."""
    told = CliRunner().invoke(explain, [name]).output
    assert name in told
    assert all(check.id in told for check in CHECKS if check.control == name)


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
