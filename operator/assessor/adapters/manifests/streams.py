"""A file's text cut into documents, each decoded on its own: one that is broken breaks no other."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import partial
from typing import Any

import msgspec
from msgspec import Struct

from assessor.adapters.manifests.places import Place, UnreadableError
from assessor.adapters.manifests.plain_lines import Unsure
from assessor.adapters.manifests.plain_yaml import plain_value

Json = Any

# The literal in front is what makes it fast: only lines that begin so are looked at.
_SEPARATOR = re.compile(r"\n---(?=[ \t\r\n]|\Z)")
_BLANK = re.compile(r"[ \t\r\n]*")
_BYTE_ORDER_MARKS = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}


class Chunk(Struct, frozen=True):
    """A part of a file that holds whole documents, behind ``lines`` lines of it."""

    text: str
    lines: int


class Document(Struct, frozen=True):
    """One document's value; ``number`` counts the documents of its chunk from 0.

    ``repeated``: keys that are there more than once, of which the API server takes the last.
    ``plain``: plain_yaml reads it, so that it is one whole chunk.
    """

    value: Json
    chunk: Chunk
    number: int = 0
    repeated: tuple[tuple[str, Place], ...] = ()
    plain: bool = False

    def without_value(self) -> "Document":
        """What tells its place, for who keeps that and not what is written there."""
        return Document(None, self.chunk, self.number, plain=self.plain)


class Fault(Struct, frozen=True):
    """A document, or a part of one, that cannot be read; ``place`` is one of the file."""

    place: Place
    reason: str
    text: str = ""


def decoded(content: bytes) -> str:
    """A file's text: UTF-8, or UTF-16 where a byte order mark says so; UnreadableError."""
    encoding = _BYTE_ORDER_MARKS.get(content[:2], "utf-8-sig")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        before = content[: error.start]
        place = Place(before.count(b"\n") + 1, error.start - before.rfind(b"\n"))
        raise UnreadableError("is no UTF-8 text", place) from error
    return text.removeprefix("\ufeff")


def documents(text: str) -> Iterator[Document | Fault]:
    """The documents of a file's text in order, empty ones left out, and those that are broken."""
    start = _BLANK.match(text)
    if start and text[start.end() : start.end() + 1] == "{":
        found = list(_json_documents(text))
        if not isinstance(found[-1], Fault):
            yield from found
            return
        from_yaml = list(_all_yaml(text))
        # What is broken either way is told as what it begins like.
        yield from found if any(isinstance(each, Fault) for each in from_yaml) else from_yaml
        return
    yield from _all_yaml(text)


def _all_yaml(text: str) -> Iterator[Document | Fault]:
    for chunk in chunks(text):
        yield from _yaml_documents(chunk)


def chunks(text: str) -> Iterator[Chunk]:
    """The text cut before each line that begins a document.

    Directives belong to the document behind them, so that they stay together.
    """
    starts = [0, *(found.start() + 1 for found in _SEPARATOR.finditer(text)), len(text)]
    begin, lines = 0, 0
    for end in starts[1:]:
        part = text[begin:end]
        if not part or (end != len(text) and _has_directive(part)):
            continue
        yield Chunk(part, lines)
        lines += part.count("\n")
        begin = end


def _has_directive(text: str) -> bool:
    return text.startswith("%") or "\n%" in text


def chunks_by_line(text: str) -> dict[int, Chunk]:
    """The chunks that ``documents`` makes of a text, by the lines before them."""
    if text.lstrip().startswith("{"):
        found = [each for each in documents(text) if isinstance(each, Document)]
        return {each.chunk.lines: each.chunk for each in found}
    return {each.lines: each for each in chunks(text)}


def _yaml_documents(chunk: Chunk) -> Iterator[Document | Fault]:
    try:
        value = plain_value(chunk.text)
    except Unsure:
        yield from _exact_documents(chunk)
    else:
        if value is not None:
            yield Document(value, chunk, plain=True)


def _exact_documents(chunk: Chunk) -> Iterator[Document | Fault]:
    # PyYAML takes longer to import than most files to scan, and most of them do without it.
    from assessor.adapters.manifests.exact_yaml import Decoded  # noqa: PLC0415
    from assessor.adapters.manifests.yaml_nodes import document_nodes  # noqa: PLC0415

    try:
        for number, node in enumerate(document_nodes(chunk.text)):
            decoded_ = Decoded(node)
            if decoded_.value is not None:
                repeated = tuple((key, at.after(chunk.lines)) for key, at in decoded_.repeated)
                yield Document(decoded_.value, chunk, number, repeated)
    except UnreadableError as error:
        yield Fault(error.place.after(chunk.lines), error.reason, chunk.text)
    except RecursionError:
        yield Fault(Place(chunk.lines + 1), "aliases nest it too deep", chunk.text)


# ── JSON ──────────────────────────────────────────────────────────────────────────────────────


def _json_documents(text: str) -> Iterator[Document | Fault]:
    try:
        value = msgspec.json.decode(text)
        yield Document(value, Chunk(text, 0), repeated=_repeated_in(text))
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        yield from _json_stream(text)


def _json_stream(text: str) -> Iterator[Document | Fault]:
    """JSON objects one after the other."""
    repeated: list[str] = []
    decoder = json.JSONDecoder(parse_constant=_refuse, object_pairs_hook=partial(_taken, repeated))
    position, lines = _skip_blank(text, 0), 0
    counted = 0
    while position < len(text):
        lines += text.count("\n", counted, position)
        counted = position
        try:
            value, end = decoder.raw_decode(text, position)
        except json.JSONDecodeError as error:
            yield Fault(Place(error.lineno, error.colno), error.msg, text)
            return
        except (ValueError, RecursionError) as error:
            reason = "nested too deep" if isinstance(error, RecursionError) else str(error)
            yield Fault(Place(lines + 1), reason, text)
            return
        line_start = text.rfind("\n", 0, position) + 1
        chunk = Chunk(" " * (position - line_start) + text[position:end], lines)
        yield Document(value, chunk, repeated=_at_line(repeated, lines + 1))
        repeated.clear()
        position = _skip_blank(text, end)


def _repeated_in(text: str) -> tuple[tuple[str, Place], ...]:
    """The keys that are there twice in JSON, at the line of the object that holds all."""
    repeated: list[str] = []
    json.loads(text, object_pairs_hook=partial(_taken, repeated))
    return _at_line(repeated, text.count("\n", 0, text.find("{")) + 1)


def _taken(repeated: list[str], pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    made = dict(pairs)
    if len(made) != len(pairs):
        repeated += (key for key, count in Counter(key for key, _ in pairs).items() if count > 1)
    return made


def _at_line(keys: list[str], line: int) -> tuple[tuple[str, Place], ...]:
    return tuple((key, Place(line)) for key in keys)


def _refuse(_: str) -> Json:
    raise ValueError("NaN and Infinity are no JSON")


def _skip_blank(text: str, position: int) -> int:
    found = _BLANK.match(text, position)
    return found.end() if found else position
