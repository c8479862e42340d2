"""References to Kubernetes objects: by what they are called, never by UID."""

from msgspec import Struct


class ObjectRef(Struct, frozen=True, order=True, cache_hash=True):
    """One object's name in the API: group (``""`` is core), kind, namespace, name."""

    group: str
    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        """``Kind/name``, as findings show it: the namespace is the reader's own."""
        return f"{self.kind}/{self.name}"
