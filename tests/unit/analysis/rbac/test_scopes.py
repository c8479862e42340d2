"""What of a role counts where a RoleBinding grants it."""

import pytest

from assessor.analysis.rbac.atom_table import INDEX
from assessor.analysis.rbac.behind import rules_behind
from assessor.analysis.rbac.effect import NOBODYS, effective_rule, takes_effect
from assessor.analysis.rbac.grants import Scope, hits_of
from assessor.inventory.rbac import PolicyRule
from assessor.kernel.severity import Severity
from tests.unit.analysis.rbac.granted import JANE, found, group, of_cluster, of_namespace
from tests.unit.analysis.rbac.risk_cases import ADMISSION, H, M, Rights, may
from tests.unit.analysis.rbac.test_behind import role_of
from tests.unit.views import snapshot

HERE = Scope("example")


def worst(rights: Rights) -> Severity | None:
    """The worst finding of a RoleBinding in ``example``."""
    return max((each.severity for each in hits_of(role_of(rights), HERE)), default=None)


def severity_of(risk: str, rights: Rights) -> Severity | None:
    """How bad one of its findings is."""
    told = hits_of(role_of(rights), HERE)
    return next((each.severity for each in told if each.risk == risk), None)


@pytest.mark.parametrize(
    ("atom", "verb", "severity"),
    [("namespaces-change", "update", H), ("namespaces-delete", "delete", M)],
)
@pytest.mark.parametrize("wild", ["", "verb", "resource", "group", "everything"])
def test_the_own_namespace_by_its_name_is_no_limit(
    atom: str, verb: str, severity: Severity, wild: str
) -> None:
    """By a wildcard on any axis as without: a RoleBinding reaches no other."""
    rule = PolicyRule(
        ("*" if wild in ("verb", "everything") else verb,),
        ("*" if wild in ("group", "everything") else "",),
        ("*" if wild in ("resource", "everything") else "namespaces",),
        ("example",),
    )
    found_here = hits_of(role_of((rule,)), HERE)
    expected = H if wild in ("verb", "everything") else severity
    assert max(each.severity for each in found_here) == expected
    assert "all-powers" not in {each.risk for each in found_here}
    assert any(rules_behind(role_of((rule,)), each.mask) for each in found_here)
    assert INDEX.mask(atom)
    foreign = PolicyRule(rule.verbs, rule.api_groups, rule.resources, ("prod",))
    told = hits_of(role_of((foreign,)), HERE)
    assert not any("namespace" in each.may for each in told)


@pytest.mark.parametrize(
    "rights",
    [
        may("*", "nodes persistentvolumes"),
        may("*", "*", ADMISSION),
        may("update", "*", "apiextensions.k8s.io"),
        may("*", "*/status", ADMISSION),
        may("*", "namespaces", names="prod"),
    ],
)
def test_wildcards_over_what_a_role_binding_cannot_grant_are_nothing(rights: Rights) -> None:
    """Kinds without namespace, by their names or as all of a group that has no others."""
    assert worst(rights) is None
    assert hits_of(role_of(rights), Scope("", cluster=True))


def test_wildcards_over_more_than_that_stay() -> None:
    """Nobody knows what else is in a group, or in the rule."""
    assert worst(may("*", "nodes widgets")) == M
    assert worst(may("*", "*", "example.test")) == M
    assert worst((PolicyRule(("*",), ("apps", ADMISSION), ("*",)),)) == H
    assert worst(may("*", "*", "authentication.k8s.io")) == M


def test_only_rules_that_take_effect_are_told() -> None:
    """The other one has the same wildcard, and grants nothing."""
    nodes, widgets = may("*", "nodes"), may("*", "widgets", "example.test")
    role = role_of(nodes + widgets)
    (hit,) = hits_of(role, HERE)
    assert rules_behind(role, hit.mask, "example") == widgets
    assert rules_behind(role, hit.mask) == nodes + widgets


@pytest.mark.parametrize(
    ("groups", "resources", "effective"),
    [
        (("", "storage.k8s.io"), ("nodes", "storageclasses"), False),
        (("", "storage.k8s.io"), ("nodes", "csistoragecapacities"), True),
        (("", "example.test"), ("nodes",), True),
        (("", "metrics.k8s.io"), ("nodes",), True),
        (("", "*"), ("nodes",), True),
        (("", "storage.k8s.io"), ("*",), True),
        ((), ("nodes",), False),
    ],
)
def test_a_rule_of_several_groups_takes_effect_by_what_it_can_mean(
    groups: tuple[str, ...], resources: tuple[str, ...], effective: object
) -> None:
    """Built-in groups have only their own kinds; of other groups nobody here knows."""
    rule = PolicyRule(("get",), groups, resources)
    assert (effective_rule(rule, NOBODYS) is not None) is effective


def test_to_bind_cluster_roles_takes_effect_in_a_namespace() -> None:
    """Of RoleBindings it is asked there; nothing else on ClusterRoles is."""
    (bind,) = may("bind", "clusterroles", "rbac.authorization.k8s.io")
    (escalate,) = may("escalate", "clusterroles", "rbac.authorization.k8s.io")
    assert effective_rule(bind, NOBODYS) == bind
    assert effective_rule(escalate, NOBODYS) is None


def test_a_name_of_star_is_a_name() -> None:
    """It hides no other, and is none of those that matter."""
    rbac = "rbac.authorization.k8s.io"
    create = may("create", "rolebindings", rbac)
    bind = may("bind", "clusterroles", rbac, "* cluster-admin")
    assert severity_of("bind", bind + create) == H
    harmless = may("bind", "clusterroles", rbac, "*")
    assert severity_of("bind", harmless + create) == M


def test_the_control_plane_are_users() -> None:
    """A group that is called like one of them is somebody else."""
    everything = PolicyRule(("*",), ("*",), ("*",))
    named = of_namespace("a", everything, subjects=(group("system:kube-scheduler"), JANE))
    only = of_namespace("a", everything, subjects=(group("system:kube-scheduler"),))
    for bound in (named, only):
        assert found(snapshot(role_bindings=(bound,)))["all-powers"] == [("a", Severity.HIGH)]


@pytest.mark.parametrize("resources", ["pods/*", "*/*", "pods/* nodes/*"])
@pytest.mark.parametrize("group", ["", "*"])
def test_what_only_looks_like_a_wildcard_grants_nothing(resources: str, group: str) -> None:
    """Not for the cluster either, whatever other axis is one; beside a resource it is left out."""
    for cluster in (False, True):
        scope = Scope("example", cluster=cluster)
        assert hits_of(role_of(may("*", resources, group)), scope) == ()
        told = hits_of(role_of(may("*", f"secrets {resources}", group)), scope)
        assert [each.risk for each in told] == ["wildcard-group" if group else "wildcard-verb"]
        binding = of_cluster if cluster else of_namespace
        bound = binding("app", *may("*", resources, group), subjects=(JANE,))
        assert not takes_effect(bound)
