"""Audit logs of an API server, read as a stream: who was allowed to do what."""

import gzip
import io
import itertools
import sys
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

import ijson  # type: ignore[import-untyped]
import msgspec
from msgspec import Struct, field

from assessor.adapters.audit_events import WireEvent, uses_of
from assessor.analysis.rbac.uses import Use
from assessor.kernel.errors import InputError

STDIN = "-"
GZIP = b"\x1f\x8b"
LONGEST_LINE = 8 * 1024 * 1024
"""Bytes. An event at level RequestResponse holds an object, which etcd limits to 1.5 MiB."""
HEAD = 64 * 1024
Stream: TypeAlias = "io.BufferedReader[Any]"

TOLD = 5
"""How many malformed places are named."""


class Reading(Struct):
    """What reading a log came to; ``first`` and ``last`` are times as the API writes them."""

    events: int = 0
    uses: int = 0
    denied: int = 0
    malformed: int = 0
    places: list[str] = field(default_factory=list)
    """The first of what was malformed: file, line, reason."""
    first: str = ""
    last: str = ""

    def garbled(self, place: str, reason: object) -> None:
        """Note something that is no audit event."""
        self.malformed += 1
        if len(self.places) < TOLD:
            self.places.append(f"{place}: {reason}")


def read(sources: Iterable[str], reading: Reading) -> Iterator[Use]:
    """The uses in all logs, file after file, ``-`` for stdin; ``reading`` tells what came of it.

    Each is audit.k8s.io/v1: events or EventLists, one to a line or spread over many, also gzipped.
    In bounded memory, whatever the size. What is malformed is counted and told, the last line of
    a log that is still written included. InputError: a log cannot be opened, or holds no event.
    """
    for source in sources:
        events, malformed = reading.events, reading.malformed
        with _opened(source) as stream:
            yield from _uses(source, stream, reading)
        if reading.events == events and reading.malformed > malformed:
            raise InputError(f"{source} is no audit log: {reading.places[-1]}")
    if not reading.events:
        raise InputError("there is no audit.k8s.io/v1 event in what was given")


def _uses(source: str, stream: Stream, reading: Reading) -> Iterator[Use]:
    try:
        yield from _counted(_events(source, stream, reading), reading)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        reading.garbled(f"{source}, after {reading.events} events", error)


def _counted(events: Iterator[WireEvent], reading: Reading) -> Iterator[Use]:
    for event in events:
        reading.events += 1
        if event.at:
            reading.first = min(reading.first or event.at, event.at)
            reading.last = max(reading.last, event.at)
        reading.denied += event.is_denied
        for use in uses_of(event):
            reading.uses += 1
            yield use


@contextmanager
def _opened(source: str) -> Iterator[Stream]:
    """The bytes of a log, unpacked."""
    try:
        raw: Any = sys.stdin.buffer if source == STDIN else Path(source).open("rb")  # noqa: SIM115
    except OSError as error:
        raise InputError(f"{source}: {error.strerror}") from error
    with raw:
        buffered = raw if isinstance(raw, io.BufferedReader) else io.BufferedReader(raw)
        if buffered.peek(2)[:2] != GZIP:
            yield buffered
            return
        with gzip.open(buffered) as unpacked:
            raw = unpacked
            yield io.BufferedReader(raw)


# ── documents ─────────────────────────────────────────────────────────────────────────────────


class _WireList(Struct):
    """An EventList on one line."""

    items: list[WireEvent]


_EVENT = msgspec.json.Decoder(WireEvent)
_LIST = msgspec.json.Decoder(_WireList)

ITEMS, DOCUMENTS = "items.item", ""
"""Where the events are in documents that are spread over many lines (ijson's prefixes)."""


def _events(source: str, stream: Stream, reading: Reading) -> Iterator[WireEvent]:
    """The events of a log, however they are laid out; its beginning tells."""
    head = stream.peek(HEAD)[:HEAD].lstrip()
    line, newline, _ = head.partition(b"\n")
    try:
        msgspec.json.decode(line)
    except msgspec.DecodeError:
        is_list = b'"EventList"' in head
        # A first line that goes on beyond what is seen is an event with a large object.
        if newline or is_list:
            return _spread(source, stream, ITEMS if is_list else DOCUMENTS, reading)
    return _lines(source, stream, reading)


def _lines(source: str, stream: Stream, reading: Reading) -> Iterator[WireEvent]:
    number = 0
    while line := stream.readline(LONGEST_LINE):
        number += 1
        place = f"{source}, line {number}"
        if len(line) == LONGEST_LINE and not line.endswith(b"\n"):
            reading.garbled(place, f"longer than {LONGEST_LINE} bytes")
            _skip_line(stream)
        elif line.strip():
            yield from _of_line(place, line, reading)


def _skip_line(stream: Stream) -> None:
    while (rest := stream.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
        pass


def _of_line(place: str, line: bytes, reading: Reading) -> Iterator[WireEvent]:
    try:
        event = _EVENT.decode(line)
        listed = _LIST.decode(line).items if event.kind == "EventList" else [event]
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        reading.garbled(place, error)
        return
    yield from _well_formed(place, listed, reading)


def _spread(source: str, stream: Stream, prefix: str, reading: Reading) -> Iterator[WireEvent]:
    """Events, or the items of EventLists, over many lines each."""
    objects = ijson.items(stream, prefix, multiple_values=True, use_float=True)
    for number in itertools.count(1):
        place = f"{source}, event {number}"
        try:
            event = msgspec.convert(next(objects), WireEvent)
        except StopIteration:
            return
        except msgspec.ValidationError as error:
            reading.garbled(place, error)
        except ijson.JSONError as error:
            # Where the next event begins nobody can tell.
            reading.garbled(f"{place} and all after it", error)
            return
        else:
            yield from _well_formed(place, [event], reading)


def _well_formed(place: str, events: Iterable[WireEvent], reading: Reading) -> Iterator[WireEvent]:
    for event in events:
        if event.is_event:
            yield event
        else:
            reading.garbled(place, "no audit event: it has no stage and verb")
