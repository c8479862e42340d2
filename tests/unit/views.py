"""Views, built from little."""

from assessor.inventory import rbac
from assessor.inventory.meta import Meta, OwnerRef
from assessor.inventory.network import IPBlock, LabelSelector, NetworkPolicy, Peer, PolicyRule
from assessor.inventory.rbac import BoundRole, Role, RoleBinding, RoleRef, Subject
from assessor.inventory.snapshot import Snapshot
from assessor.inventory.workloads import Namespace, Pod, PodSpec, ServiceAccount, Workload

NAMESPACE = "example"


def meta(name: str, **labels: str) -> Meta:
    """Metadata of an object in the example's namespace."""
    return Meta(name, NAMESPACE, name, labels)


def policy(
    name: str, *ingress: PolicyRule, types: tuple[str, ...] | None = ("Ingress",), **labels: str
) -> NetworkPolicy:
    """A policy for the pods with ``labels``, all of them by default."""
    return NetworkPolicy(meta(name), LabelSelector(tuple(labels.items())), types, ingress)


def blocks(*cidrs: str) -> PolicyRule:
    """A rule of ipBlocks."""
    return PolicyRule(tuple(Peer(ip_block=IPBlock(cidr)) for cidr in cidrs))


def pod(
    name: str, spec: PodSpec | None = None, owner: OwnerRef | None = None, **labels: str
) -> Pod:
    """A running pod."""
    return Pod(Meta(name, NAMESPACE, name, labels, owner), spec or PodSpec(), "Running")


def deployment(
    name: str, spec: PodSpec | None = None, owner: OwnerRef | None = None, **labels: str
) -> Workload:
    """A Deployment; ``labels`` are its template's."""
    return Workload(
        "apps", "Deployment", Meta(name, NAMESPACE, name, {}, owner), labels, spec or PodSpec()
    )


def account(name: str, automount: bool | None = None) -> ServiceAccount:  # noqa: FBT001 - the API's
    """A service account."""
    return ServiceAccount(meta(name), automount)


def role(name: str, *rules: rbac.PolicyRule) -> Role:
    """A Role."""
    return Role(meta(name), rules)


def bound(name: str, *rules: rbac.PolicyRule, account: str = "app") -> BoundRole:
    """A RoleBinding to an account, with the Role of its name."""
    subjects = (Subject("ServiceAccount", account, NAMESPACE),)
    return BoundRole(RoleBinding(meta(name), RoleRef("Role", name), subjects), role(name, *rules))


def owned_by(kind: str, name: str) -> OwnerRef:
    """A controlling owner of apps/v1."""
    return OwnerRef("apps", kind, name, name)


def snapshot(**parts: object) -> Snapshot:
    """The example's namespace."""
    return Snapshot(namespace=Namespace(meta(NAMESPACE)), **parts)
