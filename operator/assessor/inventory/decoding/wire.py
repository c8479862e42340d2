"""Wire structs that every kind shares: metadata, owners and label selectors."""

from typing import Annotated, Literal, Protocol

from msgspec import Meta as Constraint
from msgspec import Struct

from assessor.inventory.decoding.interning import Interner
from assessor.inventory.kinds import ObservedKind
from assessor.inventory.meta import Meta, OwnerRef
from assessor.inventory.network import LabelSelector, Requirement

Filled = Annotated[str, Constraint(min_length=1)]
"""A string that the API server never leaves empty."""


class Wire(Struct, rename="camel", gc=False):
    """A part of an object as sent. Never cyclic, so the garbage collector may ignore it."""


class WireOwner(Wire):
    """metadata.ownerReferences[]."""

    api_version: str
    kind: str
    name: str
    uid: str
    controller: bool | None = None


class WireMeta(Wire):
    """metadata of an object that is stored."""

    name: Filled
    uid: Filled
    namespace: str = ""
    resource_version: str = ""
    labels: dict[str, str] | None = None
    owner_references: list[WireOwner] | None = None
    deletion_timestamp: str | None = None


class WireObject(Protocol):
    """What every kind's wire struct has."""

    @property
    def metadata(self) -> WireMeta:
        """Its metadata."""


class WireRequirement(Wire):
    """One entry of matchExpressions."""

    key: str
    operator: Literal["In", "NotIn", "Exists", "DoesNotExist"]
    values: list[str] | None = None


class WireSelector(Wire):
    """A metav1.LabelSelector."""

    match_labels: dict[str, str] | None = None
    match_expressions: list[WireRequirement] | None = None


def project_meta(wire: WireMeta, kind: ObservedKind, interner: Interner) -> Meta:
    """The view of metadata; ValueError where a namespaced object has no namespace."""
    if kind.namespaced and not wire.namespace:
        raise ValueError("metadata.namespace is missing")
    return Meta(
        wire.name,
        interner.share(wire.namespace) if kind.namespaced else "",
        wire.uid,
        interner.labels(wire.labels),
        _controller(wire.owner_references, interner),
        wire.deletion_timestamp is not None,
    )


def _controller(owners: list[WireOwner] | None, interner: Interner) -> OwnerRef | None:
    for owner in owners or ():
        if owner.controller:
            group = owner.api_version.rpartition("/")[0]
            group = _MOVED.get(group, group)
            return interner.share(OwnerRef(group, owner.kind, owner.name, owner.uid))
    return None


_MOVED = {"extensions": "apps"}
"""Groups that controllers were served by before; objects that are older still name them."""


def project_selector(wire: WireSelector) -> LabelSelector:
    """The view of a label selector."""
    return LabelSelector(
        tuple((wire.match_labels or {}).items()),
        tuple(
            Requirement(entry.key, entry.operator, tuple(entry.values or ()))
            for entry in wire.match_expressions or ()
        ),
    )
