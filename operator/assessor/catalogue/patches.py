"""Fixes as data: fields to set or to remove, and how they are applied to a manifest.

Not a JSON Patch of RFC 6902, because that cannot add a field to a parent that is missing, and what
is missing is known only with the manifest at hand.
"""

import copy
import re
from collections.abc import Iterable
from typing import Any

from msgspec import Struct

Json = Any
Step = str | int

_STEP = re.compile(r"\.?([A-Za-z0-9]+)|\[([0-9]+)\]|\['([^']+)'\]")


class Change(Struct, frozen=True):
    """The field at ``path`` gets ``value``, JSON of any shape; None removes it.

    Paths are written as in findings: ``spec.containers[0].securityContext.privileged`` and, for
    keys with dots, ``metadata.annotations['a.b/c']``. What is missing above a value is made.
    """

    path: str
    value: Json = None


Patch = tuple[Change, ...]
"""Changes to one object, in the order in which they are applied."""


def patched(manifest: dict[str, Json], patch: Iterable[Change]) -> dict[str, Json]:
    """A copy of ``manifest`` with the changes; ValueError where a path does not fit it."""
    made = copy.deepcopy(manifest)
    for change in patch:
        _change(made, steps(change.path), change)
    return made


def steps(path: str) -> tuple[Step, ...]:
    """A path's keys and indexes; ValueError where it is none."""
    found: list[Step] = []
    position = 0
    while position < len(path):
        step = _STEP.match(path, position)
        if step is None:
            raise ValueError(f"{path!r} is not a path at {position}")
        found.append(int(step[2]) if step[2] else step[1] or step[3])
        position = step.end()
    return tuple(found)


def _change(target: Json, way: tuple[Step, ...], change: Change) -> None:
    *parents, last = way
    for step in parents:
        if _is_missing(target, step):
            if change.value is None:
                return
            target[step] = {}
        target = _within(target, step, change)
    if change.value is None and _is_missing(target, last):
        return
    if not isinstance(target, dict):
        _within(target, last, change)
    elif isinstance(last, int):
        raise _unfit(change, last)
    if change.value is None:
        del target[last]
    else:
        target[last] = copy.deepcopy(change.value)


def _is_missing(target: Json, step: Step) -> bool:
    return isinstance(step, str) and isinstance(target, dict) and target.get(step) is None


def _within(target: Json, step: Step, change: Change) -> Json:
    try:
        return target[step]
    except (LookupError, TypeError) as error:
        raise _unfit(change, step) from error


def _unfit(change: Change, step: Step) -> ValueError:
    return ValueError(f"{change.path} does not fit the object at {step!r}")
