"""Which risks a namespace's bindings are, each by itself."""

import pytest

from assessor.analysis.rbac.defaults import rules_of
from assessor.inventory.rbac import (
    PolicyRule,
    Subject,
)
from assessor.kernel.severity import Severity
from tests.unit.analysis.rbac.granted import (
    APP,
    APP_AS_USER,
    EDIT,
    EDITORS,
    EVERYTHING,
    GET_SECRETS,
    JANE,
    OTHER,
    PODS,
    SECRETS_OF_EDIT,
    found,
    grants,
    group,
    of_cluster,
    of_namespace,
    only,
)
from tests.unit.views import bound, snapshot


def test_all_powers_hide_what_they_imply_but_impersonation() -> None:
    """One finding for AUTHZ-01, one for AUTHZ-04."""
    here = snapshot(role_bindings=(bound("a", EVERYTHING),))
    assert found(here) == {
        "all-powers": [("a", Severity.HIGH)],
        "impersonate": [("a", Severity.HIGH)],
    }
    everywhere = snapshot(cluster_role_bindings=(of_cluster("a", EVERYTHING, subjects=(APP,)),))
    assert found(everywhere)["all-powers"] == [("a", Severity.CRITICAL)]


@pytest.mark.parametrize(
    ("rule", "risk", "severity"),
    [
        (PolicyRule(("get", "list"), ("",), ("*",)), "wildcard-resource", Severity.HIGH),
        (PolicyRule(("get",), ("apps",), ("*",)), "wildcard-resource", Severity.MEDIUM),
        (PolicyRule(("*",), ("apps",), ("deployments",)), "wildcard-verb", Severity.HIGH),
        (PolicyRule(("create",), ("*",), ("pods",)), "wildcard-group", Severity.HIGH),
    ],
)
def test_a_wildcard_is_as_bad_as_what_follows(
    rule: PolicyRule, risk: str, severity: Severity
) -> None:
    """One finding, whatever it implies."""
    assert found(snapshot(role_bindings=(bound("a", rule),))) == {risk: [("a", severity)]}


def test_what_a_wildcard_implies_is_told_where_another_rule_says_it() -> None:
    """The explicit rule stays a finding when the wildcard is gone."""
    rules = (PolicyRule(("get",), ("",), ("*",)), PolicyRule(("list",), ("",), ("secrets",)))
    told = found(snapshot(role_bindings=(bound("a", *rules),)))
    assert told["read-secrets"] == [("a", Severity.HIGH)]
    assert "wildcard-resource" in told


@pytest.mark.parametrize(
    ("subjects", "role", "impersonation"),
    [
        ((APP,), Severity.HIGH, Severity.HIGH),
        ((APP_AS_USER,), Severity.HIGH, Severity.HIGH),
        ((JANE,), Severity.MEDIUM, Severity.LOW),
        ((Subject("Group", "team"),), Severity.MEDIUM, Severity.LOW),
        ((JANE, OTHER), Severity.HIGH, Severity.HIGH),
    ],
)
def test_edit_is_one_finding(
    subjects: tuple[Subject, ...], role: Severity, impersonation: Severity
) -> None:
    """For people it is what it is made for; for a workload it is too much."""
    told = found(snapshot(role_bindings=(of_namespace("edit", *EDIT, subjects=subjects),)))
    assert told == {
        "built-in-role": [("edit", role)],
        "impersonate": [("edit", impersonation)],
    }


def test_what_was_aggregated_to_edit_is_judged_besides() -> None:
    """Its content counts, not its name."""
    more = PolicyRule(("patch",), ("",), ("namespaces",))
    told = found(snapshot(role_bindings=(of_namespace("edit", *EDIT, more, subjects=(JANE,)),)))
    assert told["change-namespaces"] == [("edit", Severity.HIGH)]
    assert "mint-token-secret" not in told


def test_of_the_clusters_bindings_only_own_subjects_are_named() -> None:
    """Other namespaces' accounts are not this namespace's to show."""
    binding = of_cluster("a", GET_SECRETS, subjects=(OTHER, APP))
    assert only(snapshot(cluster_role_bindings=(binding,)), "read-secrets").subjects == (APP,)


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ((PolicyRule(("get",), ("",), ("pods",)),), {}),
        ((GET_SECRETS,), {"built-in-role": [("edit", Severity.MEDIUM)]}),
        ((SECRETS_OF_EDIT,), {"built-in-role": [("edit", Severity.HIGH)]}),
    ],
)
def test_an_edit_that_somebody_cut_is_judged_by_what_is_left(
    rules: tuple[PolicyRule, ...], expected: dict[str, list[tuple[str, Severity]]]
) -> None:
    """No finding of rights that nobody has, impersonation among them."""
    observed = snapshot(role_bindings=(of_namespace("edit", *rules, subjects=(APP,)),))
    assert found(observed) == expected
    assert all("create pods" not in grant.hit.may for grant in grants(observed))


def test_a_built_in_role_that_somebody_made_everything_is_all_powers() -> None:
    """One finding for each control, by either name."""
    rules = (*rules_of(("", "edit")), EVERYTHING)
    told = found(snapshot(role_bindings=(of_namespace("edit", *rules, subjects=(APP,)),)))
    assert told == {
        "all-powers": [("edit", Severity.HIGH)],
        "impersonate": [("edit", Severity.HIGH)],
    }


def test_an_uncut_built_in_role_is_told_in_a_few_words() -> None:
    """And a cut one by what is left."""
    whole = only(snapshot(role_bindings=(EDITORS,)), "built-in-role")
    assert whole.hit.may == "read all Secrets, run pods as any account and change policies"
    cut = of_namespace("edit", GET_SECRETS, PODS, subjects=(APP,))
    left = only(snapshot(role_bindings=(cut,)), "built-in-role")
    assert left.hit.may == "create pods; read any Secret whose name it knows"


@pytest.mark.parametrize(
    ("subjects", "told"),
    [
        ((group("system:masters"),), ()),
        ((Subject("User", "system:kube-controller-manager"), JANE), (JANE,)),
    ],
)
def test_the_control_planes_own_all_powers_are_no_finding(
    subjects: tuple[Subject, ...], told: tuple[Subject, ...]
) -> None:
    """They have them anyway."""
    observed = snapshot(role_bindings=(of_namespace("a", EVERYTHING, subjects=subjects),))
    assert {each for grant in grants(observed) for each in grant.subjects} == set(told)
