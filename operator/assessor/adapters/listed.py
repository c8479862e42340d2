"""A kind as it is known without an informer: by a single list, or not at all."""

from msgspec import Struct

from assessor.adapters.store import Store
from assessor.inventory.kinds import ObservedKind
from assessor.inventory.snapshot import EvidenceGap, GapReason


class Listed(Struct, frozen=True):
    """One kind as a single list found it, or why there is none."""

    kind: ObservedKind
    store: Store
    refusal: EvidenceGap | None = None

    def gap(self) -> EvidenceGap | None:
        """Why it is no evidence; None where it is."""
        return self.refusal


def of_unknown_version(kind: ObservedKind) -> Listed:
    """A kind that is served only in a version of which nobody knows what its fields mean."""
    detail = f"what version {kind.version} says is not understood"
    gap = EvidenceGap(kind.evidence, GapReason.NOT_EVALUATED, detail)
    return Listed(kind, Store(namespaced=kind.namespaced), gap)
