"""The catalogue: how bad each right is in one namespace, and in all of them."""

from functools import reduce
from operator import or_

import pytest

from assessor.analysis.rbac.atom_table import ATOMS, INDEX
from assessor.analysis.rbac.grants import Scope, hits, hits_of
from assessor.analysis.rbac.risk_table import IMPERSONATION, RISKS
from assessor.inventory.meta import Meta
from assessor.inventory.rbac import Role
from assessor.kernel.severity import Severity
from tests.unit.analysis.rbac.risk_cases import CASES, C, H, M, Rights, may


def severity(rights: Rights, risk: str, scope: Scope) -> Severity | None:
    """How bad a risk is where these rights are granted; None where it is not there."""
    found = hits_of(Role(Meta("role", "", "role", {}), rights), scope)
    return next((each.severity for each in found if each.risk == risk), None)


@pytest.mark.parametrize(("rights", "risk", "here", "everywhere"), CASES)
def test_severity(
    rights: Rights, risk: str, here: Severity | None, everywhere: Severity | None
) -> None:
    """By a RoleBinding, and by a ClusterRoleBinding."""
    assert severity(rights, risk, Scope("payments")) == here
    assert severity(rights, risk, Scope("", cluster=True)) == everywhere


def test_no_risk_is_left_out() -> None:
    """A new one comes with its severities."""
    assert {risk for _, risk, _, _ in CASES} == {risk.id for risk in (*RISKS, *IMPERSONATION)}


@pytest.mark.parametrize(
    ("rights", "risk", "expected"),
    [
        (may("update", "configmaps"), "critical-configmaps", C),
        (may("patch", "configmaps", names="coredns"), "critical-configmaps", C),
        (may("deletecollection", "configmaps"), "critical-configmaps", C),
        (may("create", "secrets"), "mint-token-secret", H),
    ],
)
def test_some_rights_are_worse_in_kube_system(
    rights: Rights, risk: str, expected: Severity
) -> None:
    """Where the control plane looks."""
    assert severity(rights, risk, Scope("kube-system")) == expected
    assert severity(rights, risk, Scope("payments")) is None


def test_rights_of_other_groups_and_spellings_are_nothing() -> None:
    """The group counts, `pods/*` is no wildcard, and reads of harmless things are harmless."""
    for rights in (
        may("list create", "secrets", "example.test"),
        may("create", "pods/*"),
        may("get list watch", "pods services configmaps"),
        may("create", "deployments", "extensions"),
    ):
        assert hits(INDEX.powers(rights), Scope("", cluster=True)) == ()


@pytest.mark.parametrize(
    ("namespace", "severity"),
    [("payments", Severity.HIGH), ("kube-system", Severity.CRITICAL)],
)
def test_all_powers_are_as_bad_as_the_worst_that_follows(
    namespace: str, severity: Severity
) -> None:
    """They must not hide what is worse."""
    found = hits(INDEX.powers(may("*", "*", "*")), Scope(namespace))
    assert [(each.risk, each.severity) for each in found if each.risk != "impersonate"] == [
        ("all-powers", severity)
    ]


def test_a_wildcard_on_what_is_named_is_one_finding() -> None:
    """As bad as what can be made under one name; what is pointed at by it is told besides."""
    (found, impersonation) = hits(INDEX.powers(may("*", "*", "*", "leader")), Scope("payments"))
    assert (found.risk, found.severity, impersonation.risk) == (
        "wildcard-resource",
        Severity.HIGH,
        "impersonate",
    )
    assert found.may.startswith("do everything, limited to objects that are named: to ")
    assert found.may.count("limited") == 1
    assert hits(INDEX.powers(may("*", "widgets", "example.test", "x")), Scope("payments")) == ()
    pointed = hits(INDEX.powers(may("*", "configmaps", "", "aws-auth")), Scope("kube-system"))
    assert ("critical-configmaps", C) in [(each.risk, each.severity) for each in pointed]


def test_named_secrets_are_not_all_secrets() -> None:
    """The words are those of what is granted."""
    (found,) = hits(INDEX.powers(may("list", "secrets", names="one")), Scope("payments"))
    assert found.may == "read Secrets that are named"


def test_a_subresource_of_everything_is_not_everything() -> None:
    """An autoscaler scales whatever there is; that changes no policy and no workload."""
    rights = may("get list watch update patch", "*/scale", "*")
    (found,) = hits(INDEX.powers(rights), Scope("payments"))
    assert (found.risk, found.severity) == ("wildcard-group", M)


def test_every_resource_of_every_group_is_told_as_that() -> None:
    """Of one rule; of two, each with one wildcard, it is not so."""
    (found, _) = hits(INDEX.powers(may("get impersonate", "*", "*")), Scope("payments"))
    assert found.may.startswith("act on every resource of every API group")
    apart = may("get", "*") + may("get", "pods", "*")
    (found,) = hits(INDEX.powers(apart), Scope("payments"))
    assert found.may.startswith("act on every resource of a group")


def test_every_atom_is_part_of_a_risk() -> None:
    """One that no risk asks for would be looked for in vain."""
    tiers = [tier for risk in (*RISKS, *IMPERSONATION) for tier in risk.tiers]
    needed = reduce(or_, (need for tier in tiers for need in tier.needs))
    assert [atom.id for atom in ATOMS if not needed & INDEX.mask(atom.id)] == []
