"""SecurityAssessments, the operator's own kind."""

import zlib

from msgspec import Raw

from assessor.inventory.assessments import AssessmentContent, AssessmentRecord
from assessor.inventory.decoding.interning import Interner
from assessor.inventory.decoding.wire import Wire, WireMeta, project_meta
from assessor.inventory.kinds import ObservedKind

EMPTY_OBJECT = Raw(b"{}")
FAST = 1
"""zlib's level: a status shrinks to a fifth at any."""


class WireAssessmentMeta(WireMeta):
    """Its metadata, with its age and the generation that its spec has come to."""

    generation: int = 0
    creation_timestamp: str | None = None


class WireAssessment(Wire):
    """A SecurityAssessment."""

    metadata: WireAssessmentMeta
    spec: Raw = EMPTY_OBJECT
    status: Raw = EMPTY_OBJECT


def project_assessment(
    wire: WireAssessment, kind: ObservedKind, interner: Interner
) -> AssessmentRecord:
    """The record of one; ValueError where its resourceVersion is no number."""
    content = AssessmentContent(bytes(wire.spec), zlib.compress(wire.status, level=FAST))
    return AssessmentRecord(
        project_meta(wire.metadata, kind, interner),
        wire.metadata.generation,
        int(wire.metadata.resource_version),
        wire.metadata.creation_timestamp or "",
        content,
    )
