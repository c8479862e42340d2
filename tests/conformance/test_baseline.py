"""The control plane's own roles and bindings, as the real API server makes them, are known."""

from pathlib import Path

import pytest

from assessor.analysis.rbac.atom_table import INDEX
from assessor.analysis.rbac.baseline import is_baseline
from assessor.analysis.rbac.directory import Directory
from assessor.inventory.rbac import BoundRole
from playground.controlplane import ControlPlane
from tests.conformance.defaults_text import files, is_default
from tests.conformance.referee import directory_of
from tests.integration.kube import eventually


@pytest.fixture(scope="module")
def directory(plane: ControlPlane) -> Directory:
    """All roles and bindings of the cluster, once the aggregated roles are filled."""
    eventually(lambda: directory_of(plane).roles["", "admin"].rules)
    return directory_of(plane)


def test_the_generated_files_are_what_the_api_server_makes(plane: ControlPlane) -> None:
    """To the word; `python -m tests.conformance.defaults_text` writes them anew."""

    def different() -> list[Path]:
        made = files(directory_of(plane))
        return [path for path, text in made.items() if path.read_text(encoding="utf-8") != text]

    eventually(lambda: not different())


def test_default_bindings_are_silent(directory: Directory) -> None:
    """All of them, and there are many."""
    own = [each for each in directory.bindings if is_default(each)]
    assert len(own) > 60
    told = [
        str(binding.ref)
        for binding in own
        if not is_baseline(BoundRole(binding, directory.role_of(binding)))
    ]
    assert told == []


def test_view_holds_no_right_that_is_a_risk(directory: Directory) -> None:
    """So that nothing has to be known of it."""
    powers = INDEX.powers(directory.roles["", "view"].rules)
    assert powers.held == powers.named == 0
