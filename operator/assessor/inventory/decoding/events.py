"""Lines of a watch."""

from enum import Enum

import msgspec
from msgspec import Raw, Struct

from assessor.inventory.decoding.codecs import UNDECODABLE, codec_of, malformed
from assessor.inventory.decoding.depth import decode_deep
from assessor.inventory.decoding.interning import Interner
from assessor.inventory.decoding.results import MalformedRecord, Record
from assessor.inventory.kinds import ObservedKind
from assessor.kernel.errors import RecordError


class EventType(Enum):
    """The types of metav1.WatchEvent."""

    ADDED = "ADDED"
    MODIFIED = "MODIFIED"
    DELETED = "DELETED"
    BOOKMARK = "BOOKMARK"
    ERROR = "ERROR"


class WatchEvent(Struct, frozen=True):
    """One event: ``entry`` for the first three types, status fields for ERROR.

    ``resource_version`` is where a new watch would go on, ``""`` where the event does not tell.
    ``code``, ``reason`` and ``message`` are those of the metav1.Status.
    """

    type: EventType
    entry: Record | MalformedRecord | None = None
    resource_version: str = ""
    code: int = 0
    reason: str = ""
    message: str = ""


class EventHead(Struct, frozen=True):
    """What is known of an event without decoding its object; all but ``type`` may be empty."""

    type: EventType
    namespace: str = ""
    name: str = ""
    uid: str = ""
    resource_version: str = ""


class _HeadMeta(Struct, rename="camel"):
    name: str
    namespace: str = ""
    uid: str = ""
    resource_version: str = ""


class _HeadObject(Struct):
    metadata: _HeadMeta


class _HeadEnvelope(Struct):
    type: EventType
    object: _HeadObject


class _Envelope(Struct):
    type: EventType
    object: Raw


class _VersionedMeta(Struct, rename="camel"):
    resource_version: str


class _Versioned(Struct):
    metadata: _VersionedMeta


class _Status(Struct):
    code: int = 0
    reason: str = ""
    message: str = ""


_ENVELOPE = msgspec.json.Decoder(_Envelope)
_VERSIONED = msgspec.json.Decoder(_Versioned)
_STATUS = msgspec.json.Decoder(_Status)
_HEAD = msgspec.json.Decoder(_HeadEnvelope)


def decode_head(line: bytes) -> EventHead | None:
    """Of which object a line tells, a megabyte in a millisecond; None where that is not clear."""
    try:
        found = _HEAD.decode(line)
    except UNDECODABLE:
        return None
    if found.type in (EventType.BOOKMARK, EventType.ERROR):
        return None
    meta = found.object.metadata
    return EventHead(found.type, meta.namespace, meta.name, meta.uid, meta.resource_version)


def decode_event(kind: ObservedKind, line: bytes, interner: Interner | None = None) -> WatchEvent:
    """Decode one line of a watch on ``kind``; RecordError where it is no watch event.

    An object that does not have the kind's shape is a MalformedRecord in ``entry``.
    """
    try:
        envelope = decode_deep(_ENVELOPE, line)
        if envelope.type is EventType.BOOKMARK:
            version = _VERSIONED.decode(envelope.object).metadata.resource_version
            return WatchEvent(EventType.BOOKMARK, resource_version=version)
        if envelope.type is EventType.ERROR:
            status = _STATUS.decode(envelope.object)
            return WatchEvent(EventType.ERROR, None, "", status.code, status.reason, status.message)
    except UNDECODABLE as error:
        raise RecordError(f"watch of {kind.plural}: {error}") from error
    return _decode_change(kind, envelope, Interner() if interner is None else interner)


def _decode_change(kind: ObservedKind, envelope: _Envelope, interner: Interner) -> WatchEvent:
    codec = codec_of(kind.group, kind.kind)
    try:
        wire = codec.item.decode(envelope.object)
        record = codec.project(wire, kind, interner)
    except UNDECODABLE as error:
        entry = malformed(envelope.object, error)
        return WatchEvent(envelope.type, entry, _version_or_none(envelope.object))
    return WatchEvent(envelope.type, record, wire.metadata.resource_version)


def _version_or_none(raw: Raw) -> str:
    try:
        return _VERSIONED.decode(raw).metadata.resource_version
    except UNDECODABLE:
        return ""
