"""What the operator knows of each SecurityAssessment: its spec, and the status that is stored."""

import hashlib
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import msgspec
from msgspec import Struct

from assessor.api.owned_status import owned
from assessor.api.parsing import parse_spec
from assessor.api.security_assessment import SecurityAssessmentSpec
from assessor.kernel.errors import InputError
from assessor.reporting.status import content_hash


class AssessmentKey(NamedTuple):
    """A SecurityAssessment's place; the work queue's key."""

    namespace: str
    name: str

    def __str__(self) -> str:
        """``namespace/name``, as logs show it."""
        return f"{self.namespace}/{self.name}"


class StoredStatus(Struct, frozen=True):
    """The status as the API server last told it, packed: 1,000 of them stay a few MiB."""

    digest: str
    packed: bytes

    @classmethod
    def pack(cls, status: Mapping[str, Any]) -> "StoredStatus":
        """Keep what of ``status`` is ours, in about a tenth of its JSON."""
        ours = owned(status)
        encoded = msgspec.json.encode(ours)
        return cls(content_hash(ours), zlib.compress(encoded, level=1))

    def unpack(self) -> dict[str, Any]:
        """The status as it was packed."""
        return msgspec.json.decode(zlib.decompress(self.packed), type=dict[str, Any])


class KnownAssessment(Struct):
    """One SecurityAssessment. ``spec`` is an InputError where the stored one cannot be used.

    ``version`` is the highest resourceVersion seen, of events and of our own writes: an echo of our
    write, or anything older, then changes nothing. Nothing is missed by that, since a write is
    accepted only where nothing had happened since the version that was known.
    """

    uid: str
    generation: int
    spec: SecurityAssessmentSpec | InputError
    stored: StoredStatus
    version: int
    wrote: StoredStatus | None = None
    """The last status that this process wrote; another than ``stored`` where somebody else did."""

    @property
    def before(self) -> dict[str, Any]:
        """What the next status follows from: a forged one is no history of ours."""
        return (self.wrote or self.stored).unpack()

    @property
    def forged(self) -> bool:
        """Whether the stored status says something else than the last one that we wrote."""
        return self.wrote is not None and self.wrote.digest != self.stored.digest


class Observation(Struct, frozen=True):
    """What an event told of one SecurityAssessment."""

    key: AssessmentKey
    uid: str
    generation: int
    version: int
    spec: Mapping[str, Any]
    status: Mapping[str, Any]


class Registry:
    """All known assessments, by key and by namespace; used from the main loop only."""

    def __init__(self) -> None:
        """Start knowing none."""
        self._known: dict[AssessmentKey, KnownAssessment] = {}
        self._names: dict[str, set[str]] = defaultdict(set)

    def __len__(self) -> int:
        """How many assessments are known."""
        return len(self._known)

    def __iter__(self) -> Iterator[AssessmentKey]:
        """The keys of all known assessments."""
        return iter(tuple(self._known))

    def get(self, key: AssessmentKey) -> KnownAssessment | None:
        """What is known of ``key``, None where it does not exist."""
        return self._known.get(key)

    def namespaces(self) -> frozenset[str]:
        """The namespaces that have an assessment."""
        return frozenset(self._names)

    def in_namespace(self, namespace: str) -> Iterable[AssessmentKey]:
        """The assessments of one namespace, sorted."""
        return [AssessmentKey(namespace, name) for name in sorted(self._names.get(namespace, ()))]

    def observe(self, seen: Observation) -> bool:
        """Take in an event; True where there is something to do: new, re-made, or changed."""
        known = self._known.get(seen.key)
        if known and known.uid == seen.uid:
            return seen.version > known.version and self._update(known, seen)
        if known and seen.version < known.version:
            # A late event of what was deleted before this one was made.
            return False
        self._known[seen.key] = KnownAssessment(
            seen.uid,
            seen.generation,
            _parse(seen.spec),
            StoredStatus.pack(seen.status),
            seen.version,
        )
        self._names[seen.key.namespace].add(seen.key.name)
        return True

    def wrote(self, key: AssessmentKey, uid: str, status: Mapping[str, Any], version: int) -> bool:
        """Remember a status that the API server accepted from us; False where it is gone.

        An event may have told of a later status before the answer to our write came: that one
        is stored then, and not ours.
        """
        known = self._known.get(key)
        if known is None or known.uid != uid:
            return False
        known.wrote = StoredStatus.pack(status)
        if version > known.version:
            known.stored, known.version = known.wrote, version
        return True

    def contested(self, key: AssessmentKey, uid: str, previous: Mapping[str, Any]) -> None:
        """Somebody else, or an attempt of ours without an answer, wrote what follows ``previous``.

        Until a write of ours is accepted, the next status follows from that as well.
        """
        known = self._known.get(key)
        if known and known.uid == uid and known.wrote is None:
            known.wrote = StoredStatus.pack(previous)

    def restored(self, key: AssessmentKey, version: int) -> None:
        """The API server's storage went back in time, so versions are counted from here again."""
        known = self._known.get(key)
        if known:
            known.version = version - 1

    def forget(self, key: AssessmentKey, uid: str | None = None) -> bool:
        """Drop a deleted assessment; with ``uid``, only that incarnation. True if it was known."""
        known = self._known.get(key)
        if known is None or uid not in (None, known.uid):
            return False
        del self._known[key]
        names = self._names[key.namespace]
        names.discard(key.name)
        if not names:
            del self._names[key.namespace]
        return True

    @staticmethod
    def _update(known: KnownAssessment, seen: Observation) -> bool:
        changed = seen.generation != known.generation
        if changed:
            known.generation, known.spec = seen.generation, _parse(seen.spec)
        stored = StoredStatus.pack(seen.status)
        changed = changed or stored.digest != known.stored.digest
        known.version, known.stored = seen.version, stored
        return changed


def _parse(raw: Mapping[str, Any]) -> SecurityAssessmentSpec | InputError:
    try:
        return parse_spec(raw)
    except InputError as error:
        return error


def jitter(uid: str) -> float:
    """A fraction in [0, 1) that is the assessment's own: it spreads the intervals for good."""
    return int.from_bytes(hashlib.sha256(uid.encode()).digest()[:4]) / 2**32
