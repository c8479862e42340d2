"""Audit logs of an API server, read as a stream: who was allowed to do what."""

import gzip
import io
import sys
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from assessor.adapters.audit_events import WireEvent, uses_of
from assessor.adapters.audit_layout import Garbled, Stream, events_of
from assessor.analysis.rbac.uses import Use
from assessor.kernel.errors import InputError

STDIN = "-"
GZIP = b"\x1f\x8b"


class Reading(Struct):
    """What reading a log came to; ``first`` and ``last`` are times as the API writes them."""

    events: int = 0
    uses: int = 0
    denied: int = 0
    garbled: Garbled = field(default_factory=Garbled)
    first: str = ""
    last: str = ""


def read(sources: Iterable[str], reading: Reading) -> Iterator[Use]:
    """The uses in all logs, file after file, ``-`` for stdin; ``reading`` tells what came of it.

    Each is audit.k8s.io/v1: events or EventLists, one to a line or spread over many, also gzipped.
    In bounded memory, whatever the size. What is malformed is counted and told, the last line of
    a log that is still written included. InputError: a log cannot be opened or holds no event, or
    stdin is to be read twice.
    """
    given = tuple(sources)
    if given.count(STDIN) > 1:
        raise InputError("stdin can be read once: give - once")
    for source in given:
        with _opened(source) as stream:
            yield from _uses(source, stream, reading)
    if not reading.events:
        raise InputError("there is no audit.k8s.io/v1 event in what was given")


def _uses(source: str, stream: Stream, reading: Reading) -> Iterator[Use]:
    before, is_empty = reading.events, False
    try:
        is_empty = not stream.peek(1)
        yield from _counted(events_of(source, stream, reading.garbled), reading)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        reading.garbled.note(f"{source}, after {reading.events - before} events", error)
    if reading.events == before and not is_empty:
        told = [place for place in reading.garbled.places if place.startswith(f"{source}, ")]
        raise InputError(f"{source} is no audit log: {told[0] if told else 'it holds no event'}")


def _counted(events: Iterator[WireEvent], reading: Reading) -> Iterator[Use]:
    for event in events:
        reading.events += 1
        if event.at:
            reading.first = min(reading.first or event.at, event.at)
            reading.last = max(reading.last, event.at)
        reading.denied += event.is_denied
        for use in uses_of(event):
            reading.uses += use.sure
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
            yield unpacked
