"""The ClusterRoles that every cluster has, beside those that files hold."""

import pytest

from assessor.analysis.rbac.defaults import rules_of
from assessor.analysis.rbac.given_roles import AGGREGATED, with_given
from assessor.inventory.meta import Meta
from assessor.inventory.rbac import PolicyRule, Role, RoleBinding, RoleRef

LABEL = "rbac.authorization.k8s.io/aggregate-to-"
WIDGETS = PolicyRule(("get",), ("example.com",), ("widgets",))


def binding(role: str, kind: str = "ClusterRole") -> RoleBinding:
    """A RoleBinding to a role."""
    return RoleBinding(Meta("b", "shop", "", {}), RoleRef(kind, role))


def rules(role: str, *roles: Role) -> tuple[PolicyRule, ...] | None:
    """What a bound ClusterRole grants; None where it is not known."""
    given = {each.meta.name: each.rules for each in with_given(roles, [binding(role)])}
    return given.get(role)


@pytest.mark.parametrize("name", [*AGGREGATED, "cluster-admin", "system:node"])
def test_what_is_bound_is_known(name: str) -> None:
    """With all that it grants by default."""
    assert set(rules(name) or ()) >= set(rules_of(("", name)))


def test_labels_add_to_larger_roles_too() -> None:
    """What is aggregated to view is edit's and admin's; what is edit's is not view's."""
    for least, name in enumerate(AGGREGATED):
        added = Role(Meta("widgets", "", "", {f"{LABEL}{name}": "true"}), (WIDGETS,))
        holders = [each for each in AGGREGATED if WIDGETS in (rules(each, added) or ())]
        assert holders == list(AGGREGATED[least:])


def test_what_the_files_say_of_a_role_counts() -> None:
    """A file may hold a default role as somebody changed it."""
    assert rules("edit", Role(Meta("edit", "", "", {}), (WIDGETS,))) == (WIDGETS,)


def test_nothing_is_given_that_is_not_bound() -> None:
    """Nor what only sounds alike: a Role of a namespace, or a role that nobody knows."""
    assert with_given([], [binding("edit", "Role"), binding("mystery")]) == ()
