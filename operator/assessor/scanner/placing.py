"""Findings at the places of the objects that they are on."""

from collections.abc import Iterator
from functools import lru_cache

from assessor.adapters.manifests.locating import place_of
from assessor.adapters.manifests.streams import Document
from assessor.catalogue.patches import Step, steps
from assessor.engine.assessment import Finding
from assessor.inventory.decoding import Record
from assessor.inventory.kinds import ObservedKind
from assessor.inventory.ownership import RootController
from assessor.kernel.refs import ObjectRef
from assessor.reporting.scan.report import Located


def ref_of(kind: ObservedKind, record: Record) -> ObjectRef:
    """What an object is called in findings."""
    return ObjectRef(kind.group, kind.kind, record.meta.namespace, record.meta.name)


def stand_ins(roots: tuple[RootController, ...]) -> Iterator[tuple[ObjectRef, ObjectRef]]:
    """Roots with a pod of theirs, which stands for them where they are in no file."""
    for root in roots:
        for pod in root.pods[:1]:
            yield root.ref, ObjectRef("", "Pod", pod.meta.namespace, pod.meta.name)


def located(finding: Finding, document: Document, at: tuple[Step, ...]) -> Located:
    """The finding where its field is, or the nearest parent of that.

    ``at`` leads to the object in its document.
    """
    place = place_of(document, (*at, *_steps(finding.path)))
    return Located(finding, place.line, place.column)


@lru_cache(maxsize=1024)
def _steps(path: str) -> tuple[Step, ...]:
    """The way that a path leads; the object itself where it is none."""
    try:
        return steps(path)
    except ValueError:
        return ()
