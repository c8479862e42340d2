"""Policies of other engines, of which only the reach is read."""

from msgspec import field

from assessor.inventory.decoding.interning import Interner
from assessor.inventory.decoding.wire import (
    Wire,
    WireMeta,
    WireSelector,
    project_meta,
    project_selector,
)
from assessor.inventory.kinds import ObservedKind
from assessor.inventory.network import ForeignPolicy

POLICY_API_GROUP = "policy.networking.k8s.io"
"""The group whose policies name their subject as Kubernetes' own types do."""


class WirePodSubject(Wire):
    """spec.subject.pods."""

    namespace_selector: WireSelector | None = None


class WireSubject(Wire):
    """spec.subject: all pods of some namespaces, or some pods of some namespaces."""

    namespaces: WireSelector | None = None
    pods: WirePodSubject | None = None


class WireSubjectSpec(Wire):
    """spec of the kinds of policy.networking.k8s.io."""

    subject: WireSubject = field(default_factory=WireSubject)


class WireSubjectPolicy(Wire):
    """AdminNetworkPolicy, BaselineAdminNetworkPolicy or ClusterNetworkPolicy."""

    metadata: WireMeta
    spec: WireSubjectSpec = field(default_factory=WireSubjectSpec)


class WireOpaquePolicy(Wire):
    """A policy of Cilium or Calico: what it selects is written in a language of its own."""

    metadata: WireMeta


def project_subject_policy(
    wire: WireSubjectPolicy, kind: ObservedKind, interner: Interner
) -> ForeignPolicy:
    """The view of a policy with a subject; one that cannot be read may reach any namespace."""
    subject = wire.spec.subject
    selector = subject.namespaces or (subject.pods.namespace_selector if subject.pods else None)
    meta = project_meta(wire.metadata, kind, interner)
    return ForeignPolicy(
        kind.group, kind.kind, meta, project_selector(selector) if selector else None
    )


def project_opaque_policy(
    wire: WireOpaquePolicy, kind: ObservedKind, interner: Interner
) -> ForeignPolicy:
    """The view of a policy that may select any pod within its scope."""
    return ForeignPolicy(kind.group, kind.kind, project_meta(wire.metadata, kind, interner))
