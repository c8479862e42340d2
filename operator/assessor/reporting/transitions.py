"""What changed between two stored statuses, as Events: transitions only, and not too many.

They derive from what was stored, so a restarted operator repeats none.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from assessor.reporting.notes import Note

MOST = 10
"""Notes of one run; one more sums up the rest."""

Kind = Literal["Normal", "Warning"]
NORMAL: Kind = "Normal"
WARNING: Kind = "Warning"

Stored = Mapping[str, Any]


def notes(previous: Stored, current: Stored, *, mode: str = "Transitions") -> tuple[Note, ...]:
    """The Events of one change; the first assessment is a single one."""
    if mode != "Transitions" or not current.get("controls"):
        return ()
    if not previous.get("controls"):
        return (_first(current),)
    found = list(_transitions(previous, current))
    if len(found) <= MOST:
        return tuple(found)
    rest = len(found) - MOST
    kind: Kind = WARNING if any(note.type == WARNING for note in found[MOST:]) else NORMAL
    summary = Note("MoreTransitions", kind, f"{rest} more transitions; see the status.", "rest")
    return (*found[:MOST], summary)


def _first(current: Stored) -> Note:
    condition = _condition(current, "Compliant")
    kind: Kind = WARNING if condition.get("status") == "False" else NORMAL
    return Note("Assessed", kind, f"First assessment: {condition.get('message', '')}", "first")


def _transitions(previous: Stored, current: Stored) -> Iterator[Note]:
    yield from _compliance(previous, current)
    yield from _evidence(previous, current)
    yield from _controls(previous, current)


def _compliance(previous: Stored, current: Stored) -> Iterator[Note]:
    before, after = _condition(previous, "Compliant"), _condition(current, "Compliant")
    if before.get("status") != after.get("status"):
        kind: Kind = NORMAL if after.get("status") == "True" else WARNING
        told = f"Compliant: {before.get('status', 'Unknown')} → {after['status']}."
        yield Note("ComplianceChanged", kind, f"{told} {after['message']}", "compliance")


def _evidence(previous: Stored, current: Stored) -> Iterator[Note]:
    before = _condition(previous, "EvidenceComplete")
    after = _condition(current, "EvidenceComplete")
    if before.get("status") == after.get("status"):
        return
    if after.get("status") == "False":
        yield Note("EvidenceUnavailable", WARNING, after["message"], "evidence")
    elif before:
        yield Note("EvidenceRestored", NORMAL, after["message"], "evidence")


def _controls(previous: Stored, current: Stored) -> Iterator[Note]:
    before = {control["id"]: control["result"] for control in previous["controls"]}
    for control in current["controls"]:
        was, now = before.get(control["id"]), control["result"]
        if now == "Fail" and was != "Fail":
            told = f"{control['id']} ({control['severity']}): {control.get('message', '')}"
            yield Note("ControlFailed", WARNING, told, control["id"])
        elif was == "Fail" and now == "Pass":
            yield Note("ControlRecovered", NORMAL, f"{control['id']} passes again.", control["id"])


def _condition(status: Stored, kind: str) -> Mapping[str, Any]:
    return next((c for c in status.get("conditions", ()) if c["type"] == kind), {})
