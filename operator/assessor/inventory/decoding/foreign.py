"""Policies of other engines, of which only the reach is read."""

from assessor.inventory.decoding.interning import Interner
from assessor.inventory.decoding.wire import Wire, WireMeta, project_meta
from assessor.inventory.kinds import ObservedKind
from assessor.inventory.network import ForeignPolicy


class WireOpaquePolicy(Wire):
    """A policy of Cilium or Calico: what it selects is written in a language of its own."""

    metadata: WireMeta


def project_opaque_policy(
    wire: WireOpaquePolicy, kind: ObservedKind, interner: Interner
) -> ForeignPolicy:
    """The view of a policy that may select any pod within its scope."""
    return ForeignPolicy(kind.group, kind.kind, project_meta(wire.metadata, kind, interner))
