"""What every observed object carries: its name, labels and controlling owner."""

from collections.abc import Mapping

from msgspec import Struct

Labels = Mapping[str, str]
"""Labels of an object. Equal ones may be one shared object: never mutate."""


class OwnerRef(Struct, frozen=True):
    """The owner reference with ``controller: true``."""

    group: str
    kind: str
    name: str
    uid: str


class Meta(Struct, frozen=True):
    """Identity and labels; ``namespace`` is ``""`` for cluster-scoped objects."""

    name: str
    namespace: str
    uid: str
    labels: Labels
    controller: OwnerRef | None = None
    deleting: bool = False
