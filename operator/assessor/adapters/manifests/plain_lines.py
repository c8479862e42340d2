"""What a line of plain YAML says; remembered, as manifests repeat themselves."""

import re
from functools import lru_cache
from typing import Any, NamedTuple

Json = Any

REMEMBERED = 50_000
"""Lines, until all are forgotten."""

LONGEST_LINE = 500
"""Characters; libyaml wants a key's colon within 1,024."""


class Unsure(Exception):  # noqa: N818 - no error: another reads it
    """The document is not plainly in the part that is read here."""


class Line(NamedTuple):
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

_known: dict[str, Line | None] = {}
_NEW: Line = Line(0, False, 0, None, False, None)
"""Stands for a line that is not known yet, where None is one that says nothing."""


@lru_cache(maxsize=32)
def said_lines(text: str) -> tuple[list[Line], list[int]]:
    """The lines that say something, and their numbers from 1; a bare separator says nothing."""
    rest = text[3:].lstrip(" ") if text.startswith("---") else text
    lines, numbers, known = [], [], _known.get
    for number, each in enumerate(rest.split("\n"), 1):
        line = known(each, _NEW)
        if line is _NEW:
            line = _learn(each)
        if line:
            lines.append(line)
            numbers.append(number)
    return lines, numbers


def _learn(text: str) -> Line | None:
    """What a line says, None where it says nothing; from now on it is known."""
    line = _parsed(text)
    if len(_known) >= REMEMBERED:
        _known.clear()
    _known[text] = line
    return line


def _parsed(text: str) -> Line | None:
    if len(text) > LONGEST_LINE:
        raise Unsure
    if _NOTHING.fullmatch(text):
        return None
    found = _LINE.fullmatch(text)
    if found is None:
        raise Unsure
    indent, dash, key, value, item = found.group("indent", "dash", "key", "value", "item")
    written = item if value is None else value
    return Line(
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
