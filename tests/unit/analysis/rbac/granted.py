"""Bindings, built from little, and what is told of them."""

from assessor.analysis.rbac.defaults import rules_of
from assessor.analysis.rbac.judging import Grant, judged
from assessor.inventory.meta import Meta
from assessor.inventory.rbac import (
    BoundRole,
    PolicyRule,
    Role,
    RoleBinding,
    RoleRef,
    Subject,
)
from assessor.inventory.snapshot import Snapshot
from assessor.kernel.severity import Severity
from tests.unit.views import NAMESPACE

APP = Subject("ServiceAccount", "app", NAMESPACE)
APP_AS_USER = Subject("User", f"system:serviceaccount:{NAMESPACE}:app")
JANE = Subject("User", "jane")
OTHER = Subject("ServiceAccount", "app", "elsewhere")
EVERYTHING = PolicyRule(("*",), ("*",), ("*",))
CREATE_SECRETS = PolicyRule(("create",), ("",), ("secrets",))
GET_SECRETS = PolicyRule(("get",), ("",), ("secrets",))
EDIT = (CREATE_SECRETS, GET_SECRETS, PolicyRule(("impersonate",), ("",), ("serviceaccounts",)))
SECRETS_OF_EDIT = PolicyRule(("get", "list", "watch"), ("",), ("secrets",))
PODS = PolicyRule(("create",), ("",), ("pods",))
BIND = PolicyRule(("bind",), ("rbac.authorization.k8s.io",), ("roles",))


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


def group(name: str) -> Subject:
    """A group."""
    return Subject("Group", name)


EDITORS = of_namespace("edit", *rules_of(("", "edit")), subjects=(APP,))
