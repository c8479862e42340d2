"""What providers bind by themselves is known by what it grants, as Kubernetes' own is."""

import pytest

from assessor.analysis.rbac.baseline import is_baseline
from assessor.analysis.rbac.defaults import rules_of
from assessor.analysis.rbac.standing import standing
from assessor.inventory.meta import Meta
from assessor.inventory.rbac import BoundRole, PolicyRule, Role, RoleBinding, RoleRef, Subject
from tests.unit.analysis.rbac.granted import found
from tests.unit.views import NAMESPACE, snapshot

SYSTEM = "kube-system"
EXEC = PolicyRule(("create",), ("",), ("pods/exec",))
PULLERS = Subject("Group", f"system:serviceaccounts:{NAMESPACE}")
DEPLOYER = Subject("ServiceAccount", "deployer", NAMESPACE)


def made(name: str, role: str, subject: Subject, place: str, *more: PolicyRule) -> BoundRole:
    """A provider's binding to its role, with what somebody added to that."""
    ref = RoleRef("ClusterRole", role)
    binding = RoleBinding(Meta(name, place, name, {}), ref, (subject,))
    return BoundRole(binding, Role(Meta(role, "", role, {}), (*rules_of(("", role)), *more)))


def account(name: str) -> Subject:
    """One of the control plane's."""
    return Subject("ServiceAccount", name, SYSTEM)


MADE = [
    ("system:image-pullers", "system:image-puller", PULLERS, NAMESPACE),
    (
        *("system:image-builders", "system:image-builder"),
        *(Subject("ServiceAccount", "builder", NAMESPACE), NAMESPACE),
    ),
    ("system:deployers", "system:deployer", DEPLOYER, NAMESPACE),
    ("aws-node", "aws-node", account("aws-node"), ""),
    ("gce:cloud-provider", "gce:cloud-provider", account("cloud-provider"), ""),
    (
        *("system:controller:cloud-node-controller", "system:controller:cloud-node-controller"),
        *(account("cloud-node-controller"), ""),
    ),
    (
        *("system:azure-cloud-provider-secret-getter", "system:azure-cloud-provider-secret-getter"),
        *(account("azure-cloud-provider"), ""),
    ),
]
NAMES = [name for name, *_ in MADE]


@pytest.mark.parametrize(("name", "role", "subject", "place"), MADE, ids=NAMES)
def test_a_providers_binding_is_silent(name: str, role: str, subject: Subject, place: str) -> None:
    """With one right more it is somebody's own."""
    assert is_baseline(made(name, role, subject, place))
    assert not is_baseline(made(name, role, subject, place, EXEC))


@pytest.mark.parametrize(("name", "role", "subject", "place"), MADE, ids=NAMES)
def test_for_another_subject_it_is_somebodys_own(
    name: str, role: str, subject: Subject, place: str
) -> None:
    """The same account of another namespace included."""
    app = Subject("ServiceAccount", "app", place or SYSTEM)
    elsewhere = Subject(subject.kind, f"{subject.name}-2", subject.namespace)
    deployer = Subject("ServiceAccount", subject.name, "elsewhere")
    assert not any(is_baseline(made(name, role, s, place)) for s in (app, elsewhere, deployer))


def test_a_providers_own_role_is_known_where_it_is_made() -> None:
    """In kube-system, where its account writes ConfigMaps; elsewhere it is somebody's own."""
    name = "gce:cloud-provider"
    for place in (SYSTEM, NAMESPACE):
        meta = Meta(name, place, "uid", {})
        binding = RoleBinding(meta, RoleRef("Role", name), (account("cloud-provider"),))
        role = Role(meta, rules_of((SYSTEM, name)))
        assert is_baseline(BoundRole(binding, role)) == (place == SYSTEM)


def test_a_role_of_the_namespace_is_no_providers() -> None:
    """Who writes Roles here makes one of that name, with just these rights."""
    binding = RoleBinding(
        Meta("system:deployers", NAMESPACE, "uid", {}),
        RoleRef("Role", "system:deployer"),
        (DEPLOYER,),
    )
    role = Role(Meta("system:deployer", NAMESPACE, "uid", {}), rules_of(("", "system:deployer")))
    assert not is_baseline(BoundRole(binding, role))


def test_what_openshift_makes_in_every_namespace_is_no_finding() -> None:
    """And no right of the namespace's accounts beyond every account's."""
    bindings = tuple(made(*each) for each in MADE[:3])
    observed = snapshot(role_bindings=bindings)
    assert found(observed) == {}
    known = standing(observed, "app")
    assert known is not None
    assert not known.holds_rights
    changed = made(*MADE[0], EXEC)
    assert list(found(snapshot(role_bindings=(changed,)))) == ["exec-attach"]
