"""Where fields stand in a document of plain YAML."""

from functools import lru_cache
from typing import NamedTuple

from assessor.adapters.manifests.places import Place
from assessor.adapters.manifests.plain_lines import Line, Unsure, said_lines
from assessor.catalogue.patches import Step


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


@lru_cache(maxsize=32)
def _spots(text: str) -> dict[tuple[Step, ...], _Spot]:
    """Those of a text that are known, as fields that are looked for share most of their way."""
    lines, numbers = said_lines(text)
    return {(): _Spot(Place(numbers[0], lines[0].indent + 1), 0, lines[0].indent)}


def _spot(text: str, steps: tuple[Step, ...]) -> _Spot:
    known = _spots(text)
    found = known.get(steps)
    if found is None:
        found = known[steps] = _below(text, _spot(text, steps[:-1]), steps[-1])
    return found


def _below(text: str, above: _Spot, step: Step) -> _Spot:
    """Where an entry of what stands ``above`` is."""
    lines, numbers = said_lines(text)
    if above.column == _FLOW:
        raise Unsure
    seek = above.column != _NO_BLOCK
    found = _seek(lines, above.at, above.column, step) if seek else None
    if found is None:
        return _Spot(above.place, above.at, _NO_BLOCK)
    line = lines[found]
    place = Place(numbers[found], line.content + 1)
    if isinstance(step, int):
        return _Spot(place, found, _of_value(line) if line.key is None else line.content)
    if line.given:
        return _Spot(place, found, _of_value(line))
    return _Spot(place, found + 1, _column_below(lines, found + 1, above.column))


def _of_value(line: Line) -> int:
    return _FLOW if isinstance(line.value, list | dict) else _NO_BLOCK


def _seek(lines: list[Line], at: int, column: int, step: Step) -> int | None:
    """The line of an entry of the block that begins with line ``at`` in ``column``."""
    left = step
    for index in range(at, len(lines)):
        line = lines[index]
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


def _ends(line: Line, column: int, step: Step) -> bool:
    """Whether a line in the block's own column ends it: a key ends a list."""
    return isinstance(step, int) and line.indent == column and not line.dash


def _column_below(lines: list[Line], at: int, column: int) -> int:
    """The column of the block below a key in ``column``."""
    if at == len(lines):
        return _NO_BLOCK
    line = lines[at]
    deeper = line.indent > column or (line.indent == column and line.dash)
    return line.indent if deeper else _NO_BLOCK
