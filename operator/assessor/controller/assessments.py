"""What the operator knows of each SecurityAssessment: its spec, and the status that is stored."""

import hashlib
import zlib
from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec
from msgspec import Struct

from assessor.api.owned_status import mending, owned
from assessor.api.parsing import parse_spec
from assessor.api.security_assessment import SecurityAssessmentSpec
from assessor.api.stored_status import readable
from assessor.kernel.errors import InputError
from assessor.reporting.status import content_hash

MOST_JUDGED = 20
"""Assessments of one namespace that are judged, the oldest first. Each costs a judgement with each
change of the namespace, and metrics of its own; what more would tell, spec.controls can."""

PARSED = 64
"""Different specs that are kept parsed: most are alike, and each may be of many kilobytes."""


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
    mending: bytes = b""
    """The merge patch that takes out what cannot be read; empty where all can be."""

    @classmethod
    def pack(cls, status: Mapping[str, Any]) -> "StoredStatus":
        """Keep what of ``status`` is ours and can be read, in about a tenth of its JSON."""
        ours = owned(status)
        sound = readable(ours)
        if sound is ours:
            return cls.of_ours(ours)
        return cls(
            content_hash(status), _packed(sound), msgspec.json.encode(mending(status, sound))
        )

    @classmethod
    def of_ours(cls, status: Mapping[str, Any]) -> "StoredStatus":
        """Keep one that this process made, or has looked through already."""
        return cls(content_hash(status), _packed(status))

    def unpack(self) -> dict[str, Any]:
        """The status as it was packed."""
        return msgspec.json.decode(zlib.decompress(self.packed), type=dict[str, Any])


class KnownAssessment(Struct):
    """One SecurityAssessment; ``raw`` is its spec's JSON, ``created`` sorts by age.

    ``version`` is the highest resourceVersion seen, of events and of our own writes: an echo of our
    write, or anything older, then changes nothing. Nothing is missed by that, since a write is
    accepted only where nothing had happened since the version that was known.
    """

    uid: str
    generation: int
    raw: bytes
    stored: StoredStatus
    version: int
    created: str
    wrote: StoredStatus | None = None
    """The last status that this process wrote; another than ``stored`` where somebody else did."""

    @property
    def spec(self) -> SecurityAssessmentSpec | InputError:
        """An InputError where the stored one cannot be used."""
        return _parse(self.raw)

    @property
    def before(self) -> dict[str, Any]:
        """What the next status follows from: a forged one is no history of ours."""
        return (self.wrote or self.stored).unpack()

    @property
    def forged(self) -> bool:
        """Whether the stored status says something else than the last one that we wrote.

        Before the first, whether it says what no version known here would have written.
        """
        if self.wrote is None:
            return bool(self.stored.mending)
        return self.wrote.digest != self.stored.digest


class Observation(Struct, frozen=True):
    """What an event told of one SecurityAssessment; ``created`` as RFC 3339."""

    key: AssessmentKey
    uid: str
    generation: int
    version: int
    spec: Mapping[str, Any]
    status: Mapping[str, Any]
    created: str = ""


class Registry:
    """All known assessments, by key and by namespace; used from the main loop only."""

    def __init__(self) -> None:
        """Start knowing none."""
        self._known: dict[AssessmentKey, KnownAssessment] = {}
        self._by_age: dict[str, list[tuple[str, str]]] = defaultdict(list)

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
        return frozenset(self._by_age)

    def judged_in(self, namespace: str) -> list[AssessmentKey]:
        """The assessments of one namespace that are judged, the oldest first."""
        return self._aged(namespace, slice(MOST_JUDGED))

    def at_the_limit(self, namespace: str) -> list[AssessmentKey]:
        """The last that is judged and the first that is not; neither where there are fewer.

        Whether they are judged depends on the coming and going of older ones.
        """
        return self._aged(namespace, slice(MOST_JUDGED - 1, MOST_JUDGED + 1))

    def is_judged(self, key: AssessmentKey) -> bool:
        """Whether a known assessment is among the oldest of its namespace."""
        age = self._known[key].created, key.name
        return bisect_left(self._by_age[key.namespace], age) < MOST_JUDGED

    def observe(self, seen: Observation) -> bool:
        """Take in an event; True where there is something to do: new, re-made, or changed."""
        known = self._known.get(seen.key)
        if known and known.uid == seen.uid:
            return seen.version > known.version and self._update(known, seen)
        if known and seen.version < known.version:
            # A late event of what was deleted before this one was made.
            return False
        self.forget(seen.key)
        self._known[seen.key] = KnownAssessment(
            seen.uid,
            seen.generation,
            msgspec.json.encode(seen.spec),
            StoredStatus.pack(seen.status),
            seen.version,
            seen.created,
        )
        insort(self._by_age[seen.key.namespace], (seen.created, seen.key.name))
        return True

    def wrote(self, key: AssessmentKey, uid: str, status: Mapping[str, Any], version: int) -> bool:
        """Remember a status that the API server accepted from us; False where it is gone.

        An event may have told of a later status before the answer to our write came: that one
        is stored then, and not ours.
        """
        known = self._known.get(key)
        if known is None or known.uid != uid:
            return False
        known.wrote = StoredStatus.of_ours(status)
        if version > known.version:
            known.stored, known.version = known.wrote, version
        return True

    def contested(self, key: AssessmentKey, uid: str, previous: Mapping[str, Any]) -> None:
        """Somebody else, or an attempt of ours without an answer, wrote what follows ``previous``.

        Until a write of ours is accepted, the next status follows from that as well.
        """
        known = self._known.get(key)
        if known and known.uid == uid and known.wrote is None:
            known.wrote = StoredStatus.of_ours(previous)

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
        aged = self._by_age[key.namespace]
        del aged[bisect_left(aged, (known.created, key.name))]
        if not aged:
            del self._by_age[key.namespace]
        return True

    def _aged(self, namespace: str, which: slice) -> list[AssessmentKey]:
        aged = self._by_age.get(namespace, [])[which]
        return [AssessmentKey(namespace, name) for _, name in aged]

    @staticmethod
    def _update(known: KnownAssessment, seen: Observation) -> bool:
        changed = seen.generation != known.generation
        if changed:
            known.generation, known.raw = seen.generation, msgspec.json.encode(seen.spec)
        stored = StoredStatus.pack(seen.status)
        changed = changed or stored.digest != known.stored.digest
        known.version, known.stored = seen.version, stored
        return changed


def _packed(status: Mapping[str, Any]) -> bytes:
    return zlib.compress(msgspec.json.encode(status), level=1)


@lru_cache(maxsize=PARSED)
def _parse(raw: bytes) -> SecurityAssessmentSpec | InputError:
    try:
        return parse_spec(msgspec.json.decode(raw))
    except InputError as error:
        return error


def jitter(uid: str) -> float:
    """A fraction in [0, 1) that is the assessment's own: it spreads the intervals for good."""
    return int.from_bytes(hashlib.sha256(uid.encode()).digest()[:4]) / 2**32
