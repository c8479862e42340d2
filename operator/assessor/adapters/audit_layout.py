"""How audit events are laid out in a file: one to a line, or spread over many."""

import gzip
import io
import itertools
from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias

import ijson  # type: ignore[import-untyped]
import msgspec
from msgspec import Struct, field

from assessor.adapters.audit_events import WireEvent

Stream: TypeAlias = "io.BufferedReader[Any] | gzip.GzipFile"

LONGEST_LINE = 8 * 1024 * 1024
"""Bytes. An event at level RequestResponse holds an object, which etcd limits to 1.5 MiB."""

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
TOLD = 5
"""How many malformed places are named."""


class Garbled(Struct):
    """What is no audit event: how often, and where first: file, line, reason."""

    count: int = 0
    places: list[str] = field(default_factory=list)

    def note(self, place: str, reason: object) -> None:
        """One more."""
        self.count += 1
        if len(self.places) < TOLD:
            self.places.append(f"{place}: {reason}")


def events_of(source: str, stream: Stream, garbled: Garbled) -> Iterator[WireEvent]:
    """The events of a file, whatever its layout.

    Where the first line is a JSON object, or else the second, each line is one; a log may begin
    in the middle of a line. Otherwise objects go over many lines, or are too long for one, or are
    the items of an array.
    """
    head = [_first_line(stream), b""]
    if head[0].endswith(b"\n") and not _is_object(head[0]):
        head[1] = stream.readline(LONGEST_LINE)
    by_line = _is_object(head[0]) or (_is_object(head[1]) and not head[0].rstrip().endswith(b"["))
    if by_line or not b"".join(head).strip():
        return _lines(source, _Rejoined(head, stream), garbled)
    return _documents(source, _Rejoined(head, stream), garbled)


def _first_line(stream: Stream) -> bytes:
    """The first that is not blank."""
    line = stream.readline(LONGEST_LINE).removeprefix(BYTE_ORDER_MARK)
    while line and not line.strip():
        line = stream.readline(LONGEST_LINE)
    return line


class _Object(Struct):
    """Any, whatever is in it: numbers of any size, too."""


_OBJECT = msgspec.json.Decoder(_Object)


def _is_object(line: bytes) -> bool:
    try:
        _OBJECT.decode(line)
    except RecursionError:
        return line.lstrip().startswith(b"{")
    except (msgspec.DecodeError, UnicodeDecodeError):
        return False
    return True


class _Rejoined:
    """A stream with what was taken off its beginning."""

    def __init__(self, head: Iterable[bytes], stream: Stream) -> None:
        """``head`` are its first lines."""
        self._head, self._stream = io.BytesIO(b"".join(head)), stream

    def read(self, size: int) -> bytes:
        """Up to ``size`` bytes."""
        return self._head.read(size) or self._stream.read(size)

    def readline(self) -> bytes:
        """One line, or LONGEST_LINE bytes of it."""
        return self._head.readline() or self._stream.readline(LONGEST_LINE)


# ── one to a line ─────────────────────────────────────────────────────────────────────────────


class _WireList(Struct):
    """An EventList on one line."""

    items: list[WireEvent]


_EVENT = msgspec.json.Decoder(WireEvent)
_LIST = msgspec.json.Decoder(_WireList)
EVENT_LIST = "EventList"


def _lines(source: str, stream: _Rejoined, garbled: Garbled) -> Iterator[WireEvent]:
    number = 0
    while line := stream.readline():
        number += 1
        place = f"{source}, line {number}"
        if len(line) == LONGEST_LINE and not line.endswith(b"\n"):
            garbled.note(place, f"longer than {LONGEST_LINE} bytes")
            _skip_line(stream)
        elif line.strip():
            yield from _of_line(place, line, garbled)


def _skip_line(stream: _Rejoined) -> None:
    while (rest := stream.readline()) and not rest.endswith(b"\n"):
        pass


def _of_line(place: str, line: bytes, garbled: Garbled) -> Iterator[WireEvent]:
    try:
        event = _EVENT.decode(line)
        listed = _LIST.decode(line).items if event.kind == EVENT_LIST else [event]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        garbled.note(place, error)
        return
    yield from _well_formed(place, listed, garbled)


def _well_formed(place: str, events: Iterable[WireEvent], garbled: Garbled) -> Iterator[WireEvent]:
    for event in events:
        if not event.is_event:
            garbled.note(place, "no audit event: it has no stage and verb")
        elif event.seconds is None:
            garbled.note(place, "its requestReceivedTimestamp is no time as the API writes it")
        else:
            yield event


# ── spread over many ──────────────────────────────────────────────────────────────────────────


def _documents(source: str, stream: _Rejoined, garbled: Garbled) -> Iterator[WireEvent]:
    """Events, EventLists and arrays in a row, of any length; only what is read is built."""
    found = _objects(ijson.basic_parse(stream, multiple_values=True))
    for number in itertools.count(1):
        place = f"{source}, event {number}"
        try:
            event = msgspec.convert(next(found), WireEvent)
        except StopIteration:
            return
        except (msgspec.ValidationError, RecursionError) as error:
            garbled.note(place, error)
        except (ijson.JSONError, ValueError) as error:
            # Where the next event begins nobody can tell.
            garbled.note(f"{place} and all after it", _reason(error))
            return
        else:
            yield from _well_formed(place, [event], garbled)


def _reason(error: Exception) -> str:
    """The parser's, which may be bytes; its picture of the place follows on lines of their own."""
    told = error.args[0] if error.args else ""
    text = told.decode(errors="replace") if isinstance(told, bytes) else str(told)
    return text.partition("\n")[0]


OBJECTS = frozenset({"requestObject", "responseObject"})
"""They may be as long as a list is; what they tell is then not told."""

READ = frozenset(each.encode_name for each in msgspec.structs.fields(WireEvent)) - OBJECTS
DEEPEST = 10_000
"""Levels. Go's decoder, by which the API server reads all that it is given, refuses more."""


def _objects(tokens: Iterator[tuple[str, Any]]) -> Iterator[Any]:
    """Each item of a top-level array or ``items``, and each other top-level value of its kind."""
    top, item, place = _Building(), _Building(), _Place()
    for what, value in tokens:
        level = place.level_of(what, value)
        if place.items and level >= place.items:
            if item.take(what, value, own=level == place.items):
                yield item.built()
        elif top.take(what, value, own=level == 0):
            built = top.built()
            is_list = isinstance(built, dict) and built.get("kind") == EVENT_LIST
            if not (is_list or what == "end_array"):
                yield built


class _Place:
    """Where a token is: how deep, and whether in a list of events."""

    def __init__(self) -> None:
        """Before the first."""
        self._depth, self._key = 0, ""
        self.items = 0
        """The level of a list's items; 0 outside of any."""

    def level_of(self, what: str, value: Any) -> int:
        """How many objects and arrays are around the value that the next token is of."""
        if what == "map_key":
            if self._depth == 1:
                self._key = value
            return self._depth - 1
        if what.startswith("end_"):
            self._depth -= 1
            if self._depth < self.items:
                self.items = 0
            return self._depth
        level = self._depth
        if what.startswith("start_"):
            self._enter(what, level)
        return level

    def _enter(self, what: str, level: int) -> None:
        if self._depth >= DEEPEST:
            raise ijson.JSONError(f"it is nested more than {DEEPEST} levels deep")
        self._depth += 1
        if level == 0:
            self._key = ""
        if what == "start_array" and (level == 0 or (level == 1 and self._key == "items")):
            self.items = level + 1


class _Building:
    """Builds one value after another, without those fields that nobody reads."""

    def __init__(self) -> None:
        """Nothing yet."""
        self._builder, self._is_read = ijson.ObjectBuilder(), False

    def take(self, what: str, value: Any, *, own: bool) -> bool:
        """One token, the value's ``own`` or of what is in it; True at its end."""
        if own and what == "map_key":
            self._is_read = value in READ
        if self._is_read or (own and what != "map_key"):
            self._builder.event(what, value)
        return own and what not in ("start_map", "start_array", "map_key")

    def built(self) -> Any:
        """The value; the next one begins afresh."""
        value = self._builder.value
        self._builder, self._is_read = ijson.ObjectBuilder(), False
        return value
