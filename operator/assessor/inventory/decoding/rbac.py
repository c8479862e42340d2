"""Roles and bindings."""

from msgspec import field

from assessor.inventory.decoding.interning import Interner
from assessor.inventory.decoding.wire import (
    Filled,
    Wire,
    WireMeta,
    WireSelector,
    project_meta,
    project_selector,
)
from assessor.inventory.kinds import ObservedKind
from assessor.inventory.rbac import PolicyRule, Role, RoleBinding, RoleRef, Subject


class WireManager(Wire):
    """One entry of metadata.managedFields."""

    time: str = ""


class WireRbacMeta(WireMeta):
    """metadata, with when the object was made and written."""

    creation_timestamp: str | None = None
    managed_fields: list[WireManager] | None = None

    @property
    def written(self) -> str:
        """The time of the last write (RFC 3339 in UTC sorts as text), empty: not known."""
        times = [manager.time for manager in self.managed_fields or ()]
        return max((self.creation_timestamp or "", *times))


class WirePolicyRule(Wire):
    """One entry of rules."""

    verbs: list[str] | None = None
    api_groups: list[str] | None = None
    resources: list[str] | None = None
    resource_names: list[str] | None = None
    non_resource_urls: list[str] | None = field(name="nonResourceURLs", default=None)


class WireAggregationRule(Wire):
    """aggregationRule of a ClusterRole."""

    cluster_role_selectors: list[WireSelector] | None = None


class WireRole(Wire):
    """A Role or ClusterRole; ``rules`` may be null."""

    metadata: WireRbacMeta
    rules: list[WirePolicyRule] | None = None
    aggregation_rule: WireAggregationRule | None = None


class WireRoleRef(Wire):
    """roleRef of a binding."""

    kind: Filled
    name: Filled


class WireSubject(Wire):
    """One entry of subjects."""

    kind: Filled
    name: Filled
    namespace: str = ""


class WireRoleBinding(Wire):
    """A RoleBinding or ClusterRoleBinding; ``subjects`` may be null."""

    metadata: WireRbacMeta
    role_ref: WireRoleRef
    subjects: list[WireSubject] | None = None


def project_role(wire: WireRole, kind: ObservedKind, interner: Interner) -> Role:
    """The view of a role; equal rules of many roles are one object."""
    aggregated = wire.aggregation_rule
    return Role(
        project_meta(wire.metadata, kind, interner),
        tuple(interner.share(_rule(rule)) for rule in wire.rules or ()),
        tuple(project_selector(each) for each in aggregated.cluster_role_selectors or ())
        if aggregated
        else None,
        wire.metadata.written,
    )


def _rule(wire: WirePolicyRule) -> PolicyRule:
    return PolicyRule(
        tuple(wire.verbs or ()),
        tuple(wire.api_groups or ()),
        tuple(wire.resources or ()),
        tuple(wire.resource_names or ()),
        tuple(wire.non_resource_urls or ()),
    )


def project_role_binding(
    wire: WireRoleBinding, kind: ObservedKind, interner: Interner
) -> RoleBinding:
    """The view of a binding."""
    meta = project_meta(wire.metadata, kind, interner)
    return RoleBinding(
        meta,
        interner.share(RoleRef(wire.role_ref.kind, wire.role_ref.name)),
        tuple(interner.share(_subject(each, meta.namespace)) for each in wire.subjects or ()),
        wire.metadata.written,
    )


def _subject(wire: WireSubject, namespace: str) -> Subject:
    if wire.kind != "ServiceAccount":
        return Subject(wire.kind, wire.name)
    return Subject(wire.kind, wire.name, wire.namespace or namespace)
