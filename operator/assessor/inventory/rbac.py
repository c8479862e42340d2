"""Roles and bindings, of a namespace or of the cluster, as written by their authors."""

from functools import cached_property

from msgspec import Struct

from assessor.inventory.meta import Meta
from assessor.inventory.network import LabelSelector
from assessor.kernel.refs import ObjectRef

RBAC_GROUP = "rbac.authorization.k8s.io"


class PolicyRule(Struct, frozen=True):
    """One rule of a role (rbac.authorization.k8s.io/v1 PolicyRule); empty names mean all."""

    verbs: tuple[str, ...] = ()
    api_groups: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    resource_names: tuple[str, ...] = ()
    non_resource_urls: tuple[str, ...] = ()


class Role(Struct, frozen=True, dict=True):
    """A Role, or a ClusterRole: then ``meta.namespace`` is ``""``.

    ``aggregation`` holds the selectors of an aggregated ClusterRole, whose rules a cluster has
    filled in; None where it is not aggregated. ``written`` is when it was last written (RFC 3339),
    empty where that is not known.
    """

    meta: Meta
    rules: tuple[PolicyRule, ...] = ()
    aggregation: tuple[LabelSelector, ...] | None = None
    written: str = ""

    @cached_property
    def ref(self) -> ObjectRef:
        """Its name in the API."""
        kind = "Role" if self.meta.namespace else "ClusterRole"
        return ObjectRef(RBAC_GROUP, kind, self.meta.namespace, self.meta.name)


class RoleRef(Struct, frozen=True):
    """The role that a binding grants; ``kind`` is Role or ClusterRole."""

    kind: str
    name: str


class Subject(Struct, frozen=True):
    """Whom a binding names; ``kind`` is User, Group or ServiceAccount.

    A ServiceAccount's ``namespace`` is filled in from its binding's where it was left out.
    """

    kind: str
    name: str
    namespace: str = ""

    def __str__(self) -> str:
        """As the command line spells it: ``sa:ns/name``, ``user:x``, ``group:y``."""
        if self.kind == "ServiceAccount":
            return f"sa:{self.namespace}/{self.name}"
        return f"{self.kind.lower()}:{self.name}"


class RoleBinding(Struct, frozen=True):
    """A RoleBinding, or a ClusterRoleBinding: then ``meta.namespace`` is ``""``.

    ``written`` is when it was last written (RFC 3339), empty where that is not known.
    """

    meta: Meta
    role: RoleRef
    subjects: tuple[Subject, ...] = ()
    written: str = ""

    @property
    def ref(self) -> ObjectRef:
        """Its name in the API."""
        kind = "RoleBinding" if self.meta.namespace else "ClusterRoleBinding"
        return ObjectRef(RBAC_GROUP, kind, self.meta.namespace, self.meta.name)

    @property
    def role_place(self) -> tuple[str, str] | None:
        """Namespace and name of the role that it grants, whether that exists or not.

        A RoleBinding can grant a Role of its namespace or a ClusterRole, a ClusterRoleBinding only
        a ClusterRole: None where it names a Role.
        """
        if self.role.kind != "Role":
            return "", self.role.name
        return (self.meta.namespace, self.role.name) if self.meta.namespace else None


class ClusterGrants(Struct, frozen=True, dict=True):
    """The ClusterRoleBindings that name one subject, with their roles.

    One object for all namespaces whose RoleBindings name that subject.
    """

    bindings: tuple["BoundRole", ...]


class BoundRole(Struct, frozen=True):
    """A binding with the role that it grants, None where there is no such role.

    ``missing`` are its subjects that are known not to exist: service accounts alone, for users
    and groups are not objects.
    """

    binding: RoleBinding
    role: Role | None
    missing: tuple[Subject, ...] = ()
