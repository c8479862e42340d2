"""A SecurityAssessment as it is stored: what the operator follows of its own kind."""

from msgspec import Struct

from assessor.inventory.meta import Meta


class AssessmentContent(Struct, frozen=True):
    """Its spec as JSON, and its status as JSON packed by zlib: thousands of them must not weigh."""

    spec: bytes
    status: bytes


class AssessmentRecord(Struct, frozen=True):
    """One SecurityAssessment, its content undecoded: most events echo our own writes.

    ``version`` is its resourceVersion, ``created`` RFC 3339. ``content`` is None once it was told:
    who was told of it keeps of it what is needed.
    """

    meta: Meta
    generation: int
    version: int
    created: str = ""
    content: AssessmentContent | None = None
