"""Which risks a namespace's bindings are, alone and together."""

import msgspec
import pytest

from assessor.analysis.rbac.defaults import rules_of
from assessor.analysis.rbac.judging import Grant, judged
from assessor.inventory.meta import Meta
from assessor.inventory.rbac import (
    BoundRole,
    ClusterGrants,
    PolicyRule,
    Role,
    RoleBinding,
    RoleRef,
    Subject,
)
from assessor.inventory.snapshot import Snapshot
from assessor.kernel.severity import Severity
from tests.unit.views import NAMESPACE, bound, snapshot

APP = Subject("ServiceAccount", "app", NAMESPACE)
APP_AS_USER = Subject("User", f"system:serviceaccount:{NAMESPACE}:app")
JANE = Subject("User", "jane")
OTHER = Subject("ServiceAccount", "app", "elsewhere")
EVERYTHING = PolicyRule(("*",), ("*",), ("*",))
CREATE_SECRETS = PolicyRule(("create",), ("",), ("secrets",))
GET_SECRETS = PolicyRule(("get",), ("",), ("secrets",))
EDIT = (CREATE_SECRETS, GET_SECRETS, PolicyRule(("impersonate",), ("",), ("serviceaccounts",)))


def of_cluster(name: str, *rules: PolicyRule, subjects: tuple[Subject, ...]) -> BoundRole:
    """A ClusterRoleBinding with its ClusterRole."""
    meta = Meta(name, "", name, {})
    return BoundRole(RoleBinding(meta, RoleRef("ClusterRole", name), subjects), Role(meta, rules))


def of_namespace(name: str, *rules: PolicyRule, subjects: tuple[Subject, ...]) -> BoundRole:
    """A RoleBinding in the example's namespace to a ClusterRole."""
    binding = RoleBinding(Meta(name, NAMESPACE, name, {}), RoleRef("ClusterRole", name), subjects)
    return BoundRole(binding, Role(Meta(name, "", name, {}), rules))


def found(observed: Snapshot) -> dict[str, list[tuple[str, Severity]]]:
    """Binding and severity of each risk."""
    told: dict[str, list[tuple[str, Severity]]] = {}
    for risk, by_binding in judged(observed).items():
        for ref, several in by_binding.items():
            told.setdefault(risk, []).extend((ref.name, each.hit.severity) for each in several)
    return told


def grants(observed: Snapshot) -> list[Grant]:
    """All of them."""
    return [
        each
        for by_binding in judged(observed).values()
        for several in by_binding.values()
        for each in several
    ]


def only(observed: Snapshot, risk: str) -> Grant:
    """The only grant of a risk."""
    (grant,) = (each for each in grants(observed) if each.hit.risk == risk)
    return grant


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


def test_rights_of_two_bindings_add_up() -> None:
    """Told at the first, naming the other, whichever way the account is spelled."""
    first, second = bound("a", CREATE_SECRETS), bound("b", GET_SECRETS)
    spelled = msgspec.structs.replace(second.binding, subjects=(APP_AS_USER,))
    second = msgspec.structs.replace(second, binding=spelled)
    observed = snapshot(role_bindings=(first, second))
    grant = only(observed, "mint-token-secret")
    assert grant.binding == first.binding
    assert [ref.name for ref in grant.joint] == ["b"]
    assert found(observed)["mint-token-secret"] == [("a", Severity.HIGH)]


def test_rights_of_two_subjects_do_not_add_up() -> None:
    """Nobody holds both."""
    observed = snapshot(
        role_bindings=(bound("a", CREATE_SECRETS), bound("b", GET_SECRETS, account="other"))
    )
    assert "mint-token-secret" not in found(observed)


def test_groups_add_to_their_members_rights() -> None:
    """An account has the rights of the groups that it is in, also by bindings of the cluster."""
    everybody = of_cluster("c", GET_SECRETS, subjects=(Subject("Group", "system:authenticated"),))
    observed = snapshot(role_bindings=(bound("a", CREATE_SECRETS),), common_bindings=(everybody,))
    grant = only(observed, "mint-token-secret")
    assert (grant.binding.meta.name, [ref.kind for ref in grant.joint]) == (
        "a",
        ["ClusterRoleBinding"],
    )


def test_a_risk_in_one_binding_is_not_told_again_of_the_union() -> None:
    """The third binding adds nothing new."""
    observed = snapshot(
        role_bindings=(bound("a", CREATE_SECRETS, GET_SECRETS), bound("b", GET_SECRETS))
    )
    assert found(observed)["mint-token-secret"] == [("a", Severity.HIGH)]


def test_cluster_scoped_rights_need_a_binding_of_the_cluster() -> None:
    """Group impersonation counts only from there, and makes account impersonation everything."""
    groups = PolicyRule(("impersonate",), ("",), ("groups",))
    accounts = bound("a", PolicyRule(("impersonate",), ("",), ("serviceaccounts",)))
    alone = snapshot(role_bindings=(accounts, bound("b", groups)))
    assert found(alone)["impersonate"] == [("a", Severity.HIGH)]
    joint = snapshot(
        role_bindings=(accounts,),
        cluster_role_bindings=(of_cluster("b", groups, subjects=(APP,)),),
    )
    assert ("a", Severity.CRITICAL) in found(joint)["impersonate"]


def test_of_the_clusters_bindings_only_own_subjects_are_named() -> None:
    """Other namespaces' accounts are not this namespace's to show."""
    binding = of_cluster("a", GET_SECRETS, subjects=(OTHER, APP))
    assert only(snapshot(cluster_role_bindings=(binding,)), "read-secrets").subjects == (APP,)


SECRETS_OF_EDIT = PolicyRule(("get", "list", "watch"), ("",), ("secrets",))


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


EDITORS = of_namespace("edit", *rules_of(("", "edit")), subjects=(APP,))
PODS = PolicyRule(("create",), ("",), ("pods",))
BIND = PolicyRule(("bind",), ("rbac.authorization.k8s.io",), ("roles",))


@pytest.mark.parametrize(
    ("strong", "more"),
    [
        (bound("a", EVERYTHING), PODS),
        (EDITORS, PODS),
        (bound("a", PolicyRule(("*",), ("",), ("secrets",))), PODS),
        (bound("a", EVERYTHING), BIND),
    ],
)
def test_what_one_binding_is_already_is_not_told_of_the_union(
    strong: BoundRole, more: PolicyRule
) -> None:
    """Also where it is told as all powers, as a wildcard or as a built-in role."""
    observed = snapshot(role_bindings=(strong, bound("b", more)))
    assert not [grant for grant in grants(observed) if grant.joint]


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


def group(name: str) -> Subject:
    """A group."""
    return Subject("Group", name)


def test_a_group_has_what_its_wider_groups_have() -> None:
    """Each account of a namespace is one of the cluster's."""
    create = of_namespace(
        "a", CREATE_SECRETS, subjects=(group(f"system:serviceaccounts:{NAMESPACE}"),)
    )
    get = of_namespace("b", GET_SECRETS, subjects=(group("system:serviceaccounts"),))
    grant = only(snapshot(role_bindings=(create, get)), "mint-token-secret")
    assert grant.subjects == create.binding.subjects
    assert [ref.name for ref in grant.joint] == ["b"]


def test_a_clusters_binding_is_told_at_the_own_one() -> None:
    """Not at one that names nobody of the namespace, whatever its name."""
    own = of_cluster("c", CREATE_SECRETS, subjects=(group(f"system:serviceaccounts:{NAMESPACE}"),))
    common = of_cluster("a", PODS, subjects=(group("system:authenticated"),))
    observed = snapshot(cluster_role_bindings=(own,), common_bindings=(common,))
    (grant,) = (each for each in grants(observed) if each.joint)
    assert (grant.binding.meta.name, grant.hit.severity) == ("c", Severity.CRITICAL)
    assert [ref.name for ref in grant.joint] == ["a"]


def test_what_is_so_for_a_group_is_not_told_of_its_members() -> None:
    """One finding for the two bindings to edit."""
    crew = group(f"system:serviceaccounts:{NAMESPACE}")
    observed = snapshot(
        role_bindings=(
            of_namespace("a", CREATE_SECRETS, subjects=(crew,)),
            of_namespace("b", GET_SECRETS, subjects=(crew,)),
            bound("c", GET_SECRETS),
        )
    )
    assert only(observed, "mint-token-secret").subjects == (crew,)


@pytest.mark.parametrize(
    ("subject", "key"),
    [
        (JANE, ("user", "jane")),
        (OTHER, ("user", "system:serviceaccount:elsewhere:app")),
        (OTHER, ("group", "system:serviceaccounts:elsewhere")),
        (group("team"), ("group", "team")),
    ],
)
def test_rights_of_the_cluster_add_to_those_of_other_subjects(
    subject: Subject, key: tuple[str, str]
) -> None:
    """People's and other namespaces' accounts', where a RoleBinding here names them."""
    here = of_namespace("a", CREATE_SECRETS, subjects=(subject,))
    wide = of_cluster("b", GET_SECRETS, subjects=(subject,))
    observed = snapshot(role_bindings=(here,), cluster_grants={key: ClusterGrants((wide,))})
    grant = only(observed, "mint-token-secret")
    assert (grant.binding, grant.hit.severity) == (here.binding, Severity.HIGH)
    assert [ref.name for ref in grant.joint] == ["b"]


def test_what_somebody_holds_by_the_cluster_alone_is_no_namespaces_finding() -> None:
    """A RoleBinding that adds nothing to it is no reason to tell it here."""
    here = of_namespace("a", CREATE_SECRETS, subjects=(JANE,))
    wide = of_cluster("b", CREATE_SECRETS, GET_SECRETS, subjects=(JANE,))
    besides = {("user", "jane"): ClusterGrants((wide,))}
    assert found(snapshot(role_bindings=(here,), cluster_grants=besides)) == {}


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


def test_what_the_clusters_bindings_make_together_is_none_either() -> None:
    """Two of them that name an account and its group, and a RoleBinding here that adds nothing."""
    here = of_namespace("a", CREATE_SECRETS, subjects=(OTHER,))
    grants_of_cluster = {
        ("user", "system:serviceaccount:elsewhere:app"): ClusterGrants(
            (of_cluster("b", CREATE_SECRETS, subjects=(OTHER,)),)
        ),
        ("group", "system:serviceaccounts:elsewhere"): ClusterGrants(
            (of_cluster("c", GET_SECRETS, subjects=(group("system:serviceaccounts:elsewhere"),)),)
        ),
    }
    assert found(snapshot(role_bindings=(here,), cluster_grants=grants_of_cluster)) == {}
