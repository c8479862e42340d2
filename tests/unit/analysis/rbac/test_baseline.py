"""The control plane's own bindings are known by what they grant."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessor.analysis.rbac.baseline import grants_no_more, is_baseline
from assessor.analysis.rbac.defaults import ROLES, rules_of
from assessor.analysis.rbac.matching import allows
from assessor.analysis.rbac.requests import Request
from assessor.inventory.meta import Meta
from assessor.inventory.rbac import BoundRole, PolicyRule, Role, RoleBinding, RoleRef, Subject
from tests.unit.views import NAMESPACE

APP = Subject("ServiceAccount", "app", NAMESPACE)
SYSTEM = "kube-system"
CERTIFICATES = "certificates.k8s.io"
RBAC = "rbac.authorization.k8s.io"
READ_SECRETS = PolicyRule(("get", "list", "watch", "delete"), ("",), ("secrets",))


def controller(
    account: str, *rules: PolicyRule, more: tuple[Subject, ...] = (), namespace: str = ""
) -> BoundRole:
    """The binding of a built-in controller, to a role with these rules."""
    name = f"system:controller:{account}"
    meta = Meta(name, namespace, name, {"kubernetes.io/bootstrapping": "rbac-defaults"})
    subjects = (Subject("ServiceAccount", account, SYSTEM), *more)
    ref = RoleRef("Role" if namespace else "ClusterRole", name)
    return BoundRole(RoleBinding(meta, ref, subjects), Role(meta, rules))


def test_a_binding_as_it_was_made_is_silent() -> None:
    """Also with less than it was made with."""
    assert is_baseline(controller("token-cleaner", READ_SECRETS, namespace=SYSTEM))
    assert is_baseline(controller("token-cleaner", namespace=SYSTEM))


def test_another_subject_or_place_is_somebodys_own() -> None:
    """Their labels prove nothing."""
    assert not is_baseline(controller("token-cleaner", READ_SECRETS, more=(APP,), namespace=SYSTEM))
    assert not is_baseline(controller("token-cleaner", READ_SECRETS, namespace=NAMESPACE))
    assert not is_baseline(controller("unheard-of"))


@pytest.mark.parametrize(
    ("account", "more"),
    [
        ("certificate-controller", PolicyRule(("approve",), (CERTIFICATES,), ("signers",))),
        ("daemon-set-controller", PolicyRule(("patch",), ("",), ("pods/ephemeralcontainers",))),
        ("replicaset-controller", PolicyRule(("update",), ("apps",), ("daemonsets",))),
        ("endpoint-controller", PolicyRule(("update",), ("",), ("services/status",))),
        ("ttl-controller", PolicyRule(("get",), non_resource_urls=("*",))),
        ("ttl-controller", PolicyRule(("delete",), (RBAC,), ("clusterrolebindings",))),
        ("ttl-controller", PolicyRule(("*",), ("*",), ("*",))),
    ],
)
def test_one_right_more_than_the_default_is_somebodys_own(account: str, more: PolicyRule) -> None:
    """Whether or not any risk is made of that right."""
    default = rules_of(("", f"system:controller:{account}"))
    assert is_baseline(controller(account, *default))
    assert not is_baseline(controller(account, *default, more))


def test_a_default_role_without_risk_is_compared_too() -> None:
    """The DNS service's own, with a right that is not."""
    meta = Meta("system:kube-dns", "", "uid", {})
    subjects = (Subject("ServiceAccount", "kube-dns", SYSTEM),)
    binding = RoleBinding(meta, RoleRef("ClusterRole", "system:kube-dns"), subjects)
    default = rules_of(("", "system:kube-dns"))
    assert is_baseline(BoundRole(binding, Role(meta, default)))
    assert not is_baseline(BoundRole(binding, Role(meta, (*default, READ_SECRETS))))
    assert not is_baseline(BoundRole(binding, None))


def test_everybody_reads_cluster_info_and_nothing_else() -> None:
    """What kubeadm lets anonymous users read is known in just these words."""
    name = "kubeadm:bootstrap-signer-clusterinfo"
    info = PolicyRule(("get",), ("",), ("configmaps",), ("cluster-info",))
    meta = Meta(name, "kube-public", "uid", {})
    anonymous = (Subject("User", "system:anonymous"),)
    binding = RoleBinding(meta, RoleRef("Role", name), anonymous)
    assert is_baseline(BoundRole(binding, Role(meta, (info,))))
    unnamed = msgspec.structs.replace(info, resource_names=())
    assert not is_baseline(BoundRole(binding, Role(meta, (unnamed,))))
    elsewhere = msgspec.structs.replace(binding, meta=Meta(name, NAMESPACE, "uid", {}))
    assert not is_baseline(BoundRole(elsewhere, Role(meta, (info,))))


def some(*values: str) -> st.SearchStrategy[tuple[str, ...]]:
    """A few of them."""
    return st.lists(st.sampled_from(values), min_size=1, max_size=2, unique=True).map(tuple)


rules = st.builds(
    PolicyRule,
    some("get", "list", "*"),
    some("", "apps", "*"),
    some("pods", "pods/log", "*/log", "*"),
    st.one_of(st.just(()), some("one", "two")),
)
requests = st.builds(
    Request,
    st.sampled_from(["get", "list", "watch"]),
    st.sampled_from(["pods", "secrets"]),
    st.sampled_from(["", "apps", "batch"]),
    st.sampled_from(["", "log", "exec"]),
    name=st.sampled_from(["", "one", "two", "three"]),
)


@settings(deadline=None, max_examples=500)
@given(st.lists(rules, max_size=3), st.lists(rules, max_size=3), requests)
def test_no_more_means_that_no_request_tells_them_apart(
    less: list[PolicyRule], more: list[PolicyRule], request: Request
) -> None:
    """Whatever the lesser allows, the other one allows."""
    if grants_no_more(less, tuple(more)) and any(allows(rule, request) for rule in less):
        assert any(allows(rule, request) for rule in more)


@pytest.mark.parametrize("place", ROLES, ids="/".join)
def test_a_default_role_grants_no_more_than_itself(place: tuple[str, str]) -> None:
    """In any order, and it can be read."""
    assert grants_no_more(reversed(rules_of(place)), rules_of(place))
