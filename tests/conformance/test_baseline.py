"""The control plane's own roles and bindings, as the real API server makes them, are known."""

import pytest

from assessor.analysis.rbac.atom_table import INDEX
from assessor.analysis.rbac.baseline import is_baseline
from assessor.analysis.rbac.baseline_data import BUILT_IN_POWERS
from assessor.analysis.rbac.directory import Directory
from assessor.analysis.rbac.grants import powers_of
from assessor.analysis.rbac.reach import EVERY_NAMESPACE, reached
from assessor.inventory.rbac import BoundRole
from playground.controlplane import ControlPlane
from tests.conformance.referee import directory_of

BOOTSTRAPPED = ("kubernetes.io/bootstrapping", "rbac-defaults")


@pytest.fixture(scope="module")
def directory(plane: ControlPlane) -> Directory:
    """All roles and bindings of the cluster."""
    return directory_of(plane)


def test_default_bindings_are_silent(directory: Directory) -> None:
    """Those to accounts of one namespace, which its assessment would judge otherwise."""
    own = [
        binding
        for binding in directory.bindings
        if BOOTSTRAPPED in binding.meta.labels.items() and reached(binding) - {EVERY_NAMESPACE}
    ]
    assert len(own) > 40
    told = [
        str(binding.ref)
        for binding in own
        if not is_baseline(BoundRole(binding, directory.role_of(binding)))
    ]
    assert told == []


def test_built_in_roles_grant_what_is_expected_of_them(directory: Directory) -> None:
    """No more, or their holders would hold it silently; no less, or the table is out of date."""
    for name, expected in BUILT_IN_POWERS.items():
        powers = powers_of(directory.roles["", name])
        assert powers.held == INDEX.mask(*expected.split())
        assert powers.named == powers.wild == 0
    assert powers_of(directory.roles["", "view"]).held == 0
