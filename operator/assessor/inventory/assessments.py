"""A SecurityAssessment as it is stored: what the operator follows of its own kind."""

from msgspec import Struct

from assessor.inventory.meta import Meta


class AssessmentRecord(Struct, frozen=True):
    """One SecurityAssessment, its spec and status undecoded: most events echo our own writes.

    ``version`` is its resourceVersion, ``created`` RFC 3339. ``spec`` is JSON, ``status`` JSON
    packed by zlib: thousands of them must not weigh.
    """

    meta: Meta
    generation: int
    version: int
    spec: bytes
    status: bytes
    created: str = ""
