"""The plain part of YAML, read line by line: block mappings and lists of unambiguous values.

Most manifests use no more, and this reads it several times as fast as libyaml's events can be
taken to Python. Whatever is not plainly in that part is Unsure, and exact_yaml's to read; a test
holds both to be equal on random documents. What a line says is remembered: manifests repeat
themselves.
"""

import re
from functools import lru_cache
from typing import Any, NamedTuple

from assessor.adapters.manifests.places import Place
from assessor.catalogue.patches import Step

Json = Any

DEEPEST = 50
"""Levels that are read here."""

REMEMBERED = 50_000
"""Lines, until all are forgotten."""

LONGEST_LINE = 500
"""Characters; libyaml wants a key's colon within 1,024."""


class Unsure(Exception):  # noqa: N818 - no error: another reads it
    """The document is not plainly in the part that is read here."""


class _Line(NamedTuple):
    """What a line says; ``content`` is the column of what follows the dash, 0-based."""

    indent: int
    dash: bool
    content: int
    key: str | None
    given: bool
    value: Json


_DOUBLE = r'"[ !#-\[\]-~]*"'
_SINGLE = r"'[ -&(-~]*'"
_INTEGER = r"0|-?[1-9][0-9]{0,17}"
_QUANTITY = r"[1-9][0-9]{0,8}(?:m|s|h|k|M|G|T|Ki|Mi|Gi|Ti)"
_DOTTED = r"[0-9]{1,9}(?:\.[0-9]{1,9}){2,}(?:[-/][A-Za-z0-9][-A-Za-z0-9./]*)?"
_WORD = r"[A-Za-z][A-Za-z0-9_./-]*"
_TEXT = (
    r"(?:[A-Za-z/]|--?[A-Za-z])"
    r"(?:[A-Za-z0-9_./=@+,$()%~-]|:(?=[A-Za-z0-9/_.])| (?=[A-Za-z0-9/(]))*"
)
_SIMPLE = rf"{_DOUBLE}|{_SINGLE}|{_QUANTITY}|{_DOTTED}|{_INTEGER}|{_WORD}"
_REST = r" *(?: #[ -~]*)?"
_LINE = re.compile(
    rf"(?P<indent> *)(?P<dash>- )?"
    rf"(?:(?P<key>{_WORD}|{_DOUBLE}|{_SINGLE}):(?:{_REST}$| (?P<value>[!-~].*))"
    rf"|(?P<item>[!-~].*))"
)
_PLAIN = re.compile(rf"({_SIMPLE}|{_TEXT}){_REST}")
_LIST = re.compile(rf"(\[(?:(?:{_SIMPLE})(?:, (?!\])|(?=\])))*\]){_REST}")
_MAP = re.compile(rf"(\{{(?:{_WORD}: (?:{_SIMPLE})(?:, (?!\}})|(?=\}})))*\}}){_REST}")
_NOTHING = re.compile(r" *(?:#[ -~]*)?")
_MEMBER = re.compile(rf"(?:({_WORD}): )?({_SIMPLE})(?=[],}}])")
_NUMBER = re.compile(_INTEGER)
_SHAPES = {"[": _LIST, "{": _MAP}

_BOOLEANS = {"true": True, "false": False}
_AMBIGUOUS = frozenset({"y", "yes", "n", "no", "on", "off", "true", "false", "null"})
"""In any spelling: what is a word here is another thing there."""

_known: dict[str, _Line | None] = {}


def plain_value(text: str) -> Json:
    """The JSON value of a text that is one document, None for an empty one; Unsure."""
    lines = [line for _, line in _numbered(text)]
    if not lines:
        return None
    value, end = _node(lines, 0, 0, 0)
    if end != len(lines):
        raise Unsure
    return value


# ── structure ─────────────────────────────────────────────────────────────────────────────────


def _node(lines: list[_Line], at: int, column: int, depth: int) -> tuple[Json, int]:
    """The list or mapping that begins with a line, and the number of the line behind it."""
    first = lines[at]
    if first.indent != column or depth > DEEPEST:
        raise Unsure
    if first.dash:
        return _list(lines, at, column, depth)
    if first.key is None:
        raise Unsure
    return _mapping(lines, at, column, depth)


def _list(lines: list[_Line], at: int, column: int, depth: int) -> tuple[list[Json], int]:
    made: list[Json] = []
    while at < len(lines) and lines[at].indent == column and lines[at].dash:
        line = lines[at]
        if line.key is None:
            made.append(_fresh(line.value))
            at += 1
        else:
            value, at = _mapping(lines, at, line.content, depth + 1)
            made.append(value)
        if at < len(lines) and lines[at].indent > column:
            raise Unsure
    return made, at


def _mapping(lines: list[_Line], at: int, column: int, depth: int) -> tuple[dict[str, Json], int]:
    """The mapping whose first key stands in ``column``, behind a dash or not."""
    made: dict[str, Json] = {}
    first = at
    while at < len(lines):
        line = lines[at]
        if at != first and (line.indent != column or line.dash):
            break
        if line.key is None or line.key in made:
            raise Unsure
        if line.given:
            made[line.key] = _fresh(line.value)
            at += 1
        else:
            made[line.key], at = _below(lines, at + 1, column, depth)
    if at < len(lines) and lines[at].indent > column:
        raise Unsure
    return made, at


def _below(lines: list[_Line], at: int, column: int, depth: int) -> tuple[Json, int]:
    """What a key without a value on its line has; a list may stand in the key's own column."""
    if at == len(lines) or lines[at].indent < column:
        return None, at
    below = lines[at]
    if below.indent == column:
        return _list(lines, at, column, depth + 1) if below.dash else (None, at)
    return _node(lines, at, below.indent, depth + 1)


def _fresh(value: Json) -> Json:
    """A value of its own: what is remembered is nobody's to change."""
    return value.copy() if isinstance(value, list | dict) else value


# ── places ────────────────────────────────────────────────────────────────────────────────────


def plain_place(text: str, steps: tuple[Step, ...]) -> Place:
    """Where the field stands that ``steps`` lead to, or else its nearest parent; Unsure.

    The text is one whole document that ``plain_value`` reads.
    """
    return _spot(text, steps).place


class _Spot(NamedTuple):
    """Where a field stands, and the line and column in which the block below it begins.

    The column is _NO_BLOCK where there is none, _FLOW where brackets hold what is below.
    """

    place: Place
    at: int
    column: int


_NO_BLOCK, _FLOW = -1, -2


@lru_cache(maxsize=256)
def _spot(text: str, steps: tuple[Step, ...]) -> _Spot:
    """Remembered, as fields that are looked for share most of their way."""
    numbered = _numbered(text)
    if not steps:
        number, first = numbered[0]
        return _Spot(Place(number, first.indent + 1), 0, first.indent)
    *before, step = steps
    above = _spot(text, tuple(before))
    if above.column == _FLOW:
        raise Unsure
    seek = above.column != _NO_BLOCK
    found = _seek(numbered, above.at, above.column, step) if seek else None
    if found is None:
        return _Spot(above.place, above.at, _NO_BLOCK)
    number, line = numbered[found]
    place = Place(number, line.content + 1)
    if isinstance(step, int):
        return _Spot(place, found, _of_value(line) if line.key is None else line.content)
    if line.given:
        return _Spot(place, found, _of_value(line))
    return _Spot(place, found + 1, _column_below(numbered, found + 1, above.column))


def _of_value(line: _Line) -> int:
    return _FLOW if isinstance(line.value, list | dict) else _NO_BLOCK


def _seek(numbered: list[tuple[int, _Line]], at: int, column: int, step: Step) -> int | None:
    """The line of an entry of the block that begins with line ``at`` in ``column``."""
    left = step
    for index in range(at, len(numbered)):
        line = numbered[index][1]
        first = index == at
        if not first and (line.indent < column or _ends(line, column, step)):
            return None
        if isinstance(left, int):
            if line.dash and line.indent == column:
                if left == 0:
                    return index
                left -= 1
        elif line.key == step and line.content == column and (first or not line.dash):
            return index
    return None


def _ends(line: _Line, column: int, step: Step) -> bool:
    """Whether a line in the block's own column ends it: a key ends a list."""
    return isinstance(step, int) and line.indent == column and not line.dash


def _column_below(numbered: list[tuple[int, _Line]], at: int, column: int) -> int:
    """The column of the block below a key in ``column``."""
    if at == len(numbered):
        return _NO_BLOCK
    line = numbered[at][1]
    deeper = line.indent > column or (line.indent == column and line.dash)
    return line.indent if deeper else _NO_BLOCK


# ── lines ─────────────────────────────────────────────────────────────────────────────────────


@lru_cache(maxsize=32)
def _numbered(text: str) -> list[tuple[int, _Line]]:
    """The lines that say something, by their numbers from 1; a bare separator says nothing."""
    rest = text[3:].lstrip(" ") if text.startswith("---") else text
    return [
        (number, line) for number, each in enumerate(rest.split("\n"), 1) if (line := _read(each))
    ]


def _read(text: str) -> _Line | None:
    """What a line says, None where it says nothing."""
    try:
        return _known[text]
    except KeyError:
        pass
    line = _parsed(text)
    if len(_known) >= REMEMBERED:
        _known.clear()
    _known[text] = line
    return line


def _parsed(text: str) -> _Line | None:
    if len(text) > LONGEST_LINE:
        raise Unsure
    if _NOTHING.fullmatch(text):
        return None
    found = _LINE.fullmatch(text)
    if found is None:
        raise Unsure
    indent, dash, key, value, item = found.group("indent", "dash", "key", "value", "item")
    written = item if value is None else value
    return _Line(
        len(indent),
        dash is not None,
        len(indent) + len(dash or ""),
        None if key is None else _name(key),
        written is not None,
        None if written is None else _value(written),
    )


def _name(written: str) -> str:
    if written[0] in "\"'":
        return written[1:-1]
    if written.lower() in _AMBIGUOUS:
        raise Unsure
    return written


def _value(written: str) -> Json:
    found = _SHAPES.get(written[0], _PLAIN).fullmatch(written)
    if found is None:
        raise Unsure
    value = found[1]
    if value[0] == "[":
        return [_simple(member[2]) for member in _MEMBER.finditer(value)]
    if value[0] == "{":
        members = [(_name(member[1]), _simple(member[2])) for member in _MEMBER.finditer(value)]
        made = dict(members)
        if len(made) != len(members):
            raise Unsure
        return made
    return _simple(value)


def _simple(written: str) -> Json:
    if written[0] in "\"'":
        return written[1:-1]
    if written in _BOOLEANS:
        return _BOOLEANS[written]
    if written.lower() in _AMBIGUOUS:
        raise Unsure
    return int(written) if _NUMBER.fullmatch(written) else written
