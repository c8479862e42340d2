"""The store of one kind's records, which tells what really changed."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

from msgspec import Struct

from assessor.inventory.decoding import EventType, MalformedRecord, Record, WatchEvent

Entry = Record | MalformedRecord
"""What is known of one object: its view, or that it has none."""

T = TypeVar("T")


class Change(Struct, frozen=True):
    """One object before and after; None where it did not, or does no more, exist.

    An object that was recreated under its old name makes two: a delete and an add.
    """

    namespace: str
    name: str
    before: Entry | None
    after: Entry | None


class Store:
    """Records by namespace and name; cluster-scoped objects have namespace ``""``.

    Malformed objects are held beside the well-formed ones, so that what is missing is known.
    """

    def __init__(self, *, namespaced: bool = True) -> None:
        """Start empty; ``namespaced`` tells whether a namespace must be there."""
        self._namespaced = namespaced
        self._entries: dict[str, dict[str, Entry]] = {}
        self._malformed: dict[str, dict[str, MalformedRecord]] = {}

    def __len__(self) -> int:
        """How many objects are known."""
        return sum(map(len, self._entries.values()))

    def __iter__(self) -> Iterator[Entry]:
        """Every entry, in no order that means anything."""
        return (entry for entries in self._entries.values() for entry in entries.values())

    def get(self, namespace: str, name: str) -> Entry | None:
        """The entry of one object."""
        return self._entries.get(namespace, {}).get(name)

    def names(self, namespace: str = "") -> tuple[str, ...]:
        """The names that are taken in a namespace, malformed objects' included."""
        return tuple(self._entries.get(namespace, ()))

    def records(self, namespace: str = "") -> list[Record]:
        """The well-formed records of a namespace, sorted by name."""
        entries, malformed = self._entries.get(namespace), self._malformed.get(namespace, ())
        if not entries:
            return []
        return [entries[name] for name in sorted(entries) if name not in malformed]  # type: ignore[misc]

    def entries(self, namespace: str = "") -> Iterable[Entry]:
        """The entries of a namespace, in no order that means anything."""
        return self._entries.get(namespace, {}).values()

    def malformed(self, namespace: str = "") -> list[MalformedRecord]:
        """The malformed objects of a namespace, sorted by name.

        One that does not even tell its namespace counts in each of them.
        """
        if not self._malformed:
            return []
        here = [entry for _, entry in sorted(self._malformed.get(namespace, {}).items())]
        return here + self.malformed() if namespace else here

    @property
    def has_unidentified(self) -> bool:
        """Whether an object is held that no event can mend or delete, for want of its name."""
        return any(
            not self.identifies(entry)
            for entries in self._malformed.values()
            for entry in entries.values()
        )

    def identifies(self, entry: Entry) -> bool:
        """Whether ``entry`` tells which object it is."""
        namespace, name, _ = identity(entry)
        return bool(name and (namespace or not self._namespaced))

    def apply(self, event: WatchEvent) -> tuple[Change, ...]:
        """Take in an ADDED, MODIFIED or DELETED event; empty where no projected fact changed."""
        entry = event.entry
        if entry is None:
            return ()
        namespace, name, uid = identity(entry)
        known = self.get(namespace, name)
        if event.type is not EventType.DELETED:
            return self._put(namespace, name, entry)
        if known is None or _is_another(uid, known):
            return ()
        return self._remove(namespace, name)

    def replace(self, entries: Iterable[Entry]) -> tuple[Change, ...]:
        """Become exactly ``entries``, the whole of a LIST; what is not in it was deleted."""
        changes: list[Change] = []
        listed: set[tuple[str, str]] = set()
        for entry in entries:
            namespace, name, _ = identity(entry)
            listed.add((namespace, name))
            changes += self._put(namespace, name, entry)
        gone = [
            (namespace, name)
            for namespace, known in self._entries.items()
            for name in known
            if (namespace, name) not in listed
        ]
        for namespace, name in gone:
            changes += self._remove(namespace, name)
        return tuple(changes)

    def keep(self, namespace: str, name: str, entry: Entry) -> None:
        """Hold ``entry`` for a known object instead: the next one of it is compared with that."""
        self._entries[namespace][name] = entry

    def _put(self, namespace: str, name: str, entry: Entry) -> tuple[Change, ...]:
        known = self.get(namespace, name)
        if known == entry:
            return ()
        if known is not None and _is_another(identity(entry)[2], known):
            removed = self._remove(namespace, name)
            return (*removed, *self._put(namespace, name, entry))
        self._entries.setdefault(namespace, {})[name] = entry
        if isinstance(entry, MalformedRecord):
            self._malformed.setdefault(namespace, {})[name] = entry
        else:
            _discard(self._malformed, namespace, name)
        return (Change(namespace, name, known, entry),)

    def _remove(self, namespace: str, name: str) -> tuple[Change, ...]:
        known = self._entries[namespace][name]
        _discard(self._entries, namespace, name)
        _discard(self._malformed, namespace, name)
        return (Change(namespace, name, known, None),)


def identity(entry: Entry) -> tuple[str, str, str]:
    """Namespace, name and UID of an entry, each ``""`` where a malformed one does not tell."""
    source = entry if isinstance(entry, MalformedRecord) else entry.meta
    return source.namespace, source.name, source.uid


def _is_another(uid: str, known: Entry) -> bool:
    """Whether ``uid`` is of another object of that name; an unknown UID proves nothing."""
    known_uid = identity(known)[2]
    return bool(uid and known_uid and uid != known_uid)


def _discard(index: dict[str, dict[str, T]], namespace: str, name: str) -> None:
    """Remove one entry, and its namespace with the last one: namespaces come and go."""
    entries = index.get(namespace)
    if entries is not None and entries.pop(name, None) is not None and not entries:
        del index[namespace]
