"""Which risks the bindings of one subject are together."""

import msgspec
import pytest

from assessor.inventory.rbac import (
    BoundRole,
    ClusterGrants,
    PolicyRule,
    Subject,
)
from assessor.kernel.severity import Severity
from tests.unit.analysis.rbac.granted import (
    APP,
    APP_AS_USER,
    BIND,
    CREATE_SECRETS,
    EDITORS,
    EVERYTHING,
    GET_SECRETS,
    JANE,
    OTHER,
    PODS,
    found,
    grants,
    group,
    of_cluster,
    of_namespace,
    only,
)
from tests.unit.views import NAMESPACE, bound, snapshot


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
