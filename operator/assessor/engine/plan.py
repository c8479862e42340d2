"""Which checks judge which controls under a tailoring: derived once, as namespaces are many."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from assessor.catalogue.checks import Check
from assessor.catalogue.controls import Control, Section
from assessor.engine.assessment import Verdict
from assessor.engine.selection import left_out
from assessor.engine.tailoring import Tailoring
from assessor.engine.verdicts import not_automated, not_judged

KEPT = 64
"""Plans that are at hand: as many as there are kinds of assessments, which are few."""


class Step(Struct, frozen=True):
    """A control with the checks that judge it; ``verdict``: of one that none is run for."""

    control: Control
    checks: tuple[Check, ...]
    verdict: Verdict | None


class Plan(Struct, frozen=True):
    """The steps, sorted by their controls' ids; ``sections`` tells the places of each one's."""

    steps: tuple[Step, ...]
    controls: Mapping[str, Control]
    sections: tuple[tuple[Section, tuple[int, ...]], ...]
    automated: frozenset[str]


_kept: dict[tuple[object, ...], tuple[Plan, tuple[Any, ...]]] = {}


def plan_of(controls: Sequence[Control], checks: Sequence[Check], tailoring: Tailoring) -> Plan:
    """The plan for one of these lists that do not change: tuples are known again by identity.

    What a plan was made of is kept with it, so that no identity is another's meanwhile.
    """
    if not (isinstance(controls, tuple) and isinstance(checks, tuple)):
        return _plan(controls, checks, tailoring)
    sources = controls, checks, tailoring.profile
    key = *map(id, sources), tailoring.include, tailoring.exclude
    if key not in _kept:
        if len(_kept) >= KEPT:
            _kept.clear()
        _kept[key] = _plan(controls, checks, tailoring), sources
    return _kept[key][0]


def _plan(controls: Sequence[Control], checks: Sequence[Check], tailoring: Tailoring) -> Plan:
    by_control: dict[str, list[Check]] = defaultdict(list)
    for check in checks:
        # A cluster shows nothing of how an image is built: such a check would find nothing.
        if tailoring.profile.runs(check) and not check.at_build:
            by_control[check.control].append(check)
    steps = tuple(
        _step(control, tuple(by_control.get(control.id, ())), tailoring)
        for control in sorted(controls, key=lambda control: control.id)
    )
    places: dict[Section, list[int]] = {section: [] for section in Section}
    for number, step in enumerate(steps):
        places[step.control.section].append(number)
    return Plan(
        steps,
        {control.id: control for control in controls},
        tuple((section, tuple(numbers)) for section, numbers in places.items()),
        frozenset(by_control),
    )


def _step(control: Control, checks: tuple[Check, ...], tailoring: Tailoring) -> Step:
    reason = left_out(control, tailoring)
    if reason is not None:
        return Step(control, (), not_judged(control, reason))
    return Step(control, checks, None if checks else not_automated(control))
