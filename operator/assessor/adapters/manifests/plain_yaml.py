"""The plain part of YAML, read line by line: block mappings and lists of unambiguous values.

Most manifests use no more, and this reads it several times as fast as libyaml's events can be
taken to Python. Whatever is not plainly in that part is Unsure, and exact_yaml's to read; a test
holds both to be equal on random documents.
"""

from assessor.adapters.manifests.plain_lines import Json, Line, Unsure, said_lines

DEEPEST = 50
"""Levels that are read here."""


def plain_value(text: str) -> Json:
    """The JSON value of a text that is one document, None for an empty one; Unsure."""
    lines = said_lines(text)[0]
    if not lines:
        return None
    value, end = _node(lines, 0, 0, 0)
    if end != len(lines):
        raise Unsure
    return value


def _node(lines: list[Line], at: int, column: int, depth: int) -> tuple[Json, int]:
    """The list or mapping that begins with a line, and the number of the line behind it."""
    first = lines[at]
    if first.indent != column or depth > DEEPEST:
        raise Unsure
    if first.dash:
        return _list(lines, at, column, depth)
    if first.key is None:
        raise Unsure
    return _mapping(lines, at, column, depth)


def _list(lines: list[Line], at: int, column: int, depth: int) -> tuple[list[Json], int]:
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


def _mapping(lines: list[Line], at: int, column: int, depth: int) -> tuple[dict[str, Json], int]:
    """The mapping whose first key stands in ``column``, behind a dash or not."""
    made: dict[str, Json] = {}
    first, end = at, len(lines)
    while at < end:
        indent, dash, _, key, given, value = lines[at]
        if at != first and (indent != column or dash):
            break
        if key is None or key in made:
            raise Unsure
        if given:
            made[key] = value if isinstance(value, str) else _fresh(value)
            at += 1
        else:
            made[key], at = _below(lines, at + 1, column, depth)
    if at < len(lines) and lines[at].indent > column:
        raise Unsure
    return made, at


def _below(lines: list[Line], at: int, column: int, depth: int) -> tuple[Json, int]:
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
