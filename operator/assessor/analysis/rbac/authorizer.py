"""The authorizer: is a request allowed, and by which bindings."""

from collections.abc import Iterator

from msgspec import Struct

from assessor.analysis.rbac.directory import CLUSTER, Directory
from assessor.analysis.rbac.matching import allows
from assessor.analysis.rbac.requests import MASTERS, Identity, Request
from assessor.inventory.rbac import PolicyRule, Role, RoleBinding


class Grant(Struct, frozen=True):
    """One reason why something is allowed: a rule of a role that a binding grants."""

    binding: RoleBinding
    role: Role
    rule: PolicyRule


class Decision(Struct, frozen=True):
    """Whether a request is allowed; ``grants`` are all reasons, none for system:masters."""

    allowed: bool
    grants: tuple[Grant, ...] = ()


def decide(directory: Directory, identity: Identity, request: Request) -> Decision:
    """Decide as kube-apiserver does in RBAC mode (SubjectAccessReview is the referee)."""
    if MASTERS in identity.groups:
        return Decision(allowed=True)
    grants = tuple(
        grant for grant in grants_of(directory, identity, request) if allows(grant.rule, request)
    )
    return Decision(bool(grants), grants)


def grants_of(directory: Directory, identity: Identity, request: Request) -> Iterator[Grant]:
    """Every rule that an identity holds where the request goes.

    ClusterRoleBindings count everywhere; RoleBindings for their own namespace's resources, and
    for no URL.
    """
    yield from rules_in(directory, identity, CLUSTER)
    if request.namespace and not request.path:
        yield from rules_in(directory, identity, request.namespace)


def rules_in(directory: Directory, identity: Identity, namespace: str) -> Iterator[Grant]:
    """Every rule that an identity holds by bindings of one namespace, or of the cluster."""
    for binding in directory.bindings_of(identity, namespace):
        role = directory.role_of(binding)
        for rule in role.rules if role else ():
            yield Grant(binding, role, rule)  # type: ignore[arg-type] # it has rules
