"""What changed between two stored statuses, as Events: transitions only, and not too many.

They derive from what was stored, so a restarted operator repeats none. A control that could not be
judged for a while is compared with its last judged result, so blindness hides and repeats nothing.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from assessor.kernel.severity import Severity
from assessor.reporting.notes import Note

MOST = 10
"""Notes of one run; one more sums up the rest."""

Kind = Literal["Normal", "Warning"]
NORMAL: Kind = "Normal"
WARNING: Kind = "Warning"

Stored = Mapping[str, Any]


def notes(previous: Stored, current: Stored, *, mode: str = "Transitions") -> tuple[Note, ...]:
    """The Events of one change, the worst first; the first assessment is a single one."""
    if mode != "Transitions":
        return ()
    if not previous.get("controls"):
        return (_first(current),) if current.get("controls") else ()
    found = _transitions(previous, current)
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


def _transitions(previous: Stored, current: Stored) -> list[Note]:
    """Of the whole first, then of controls: failures before recoveries, by severity."""
    controls = sorted(_controls(previous, current), key=lambda note: note.type != WARNING)
    failed = any(note.type == WARNING for note in controls)
    compliance = _compliance(previous, current, failed=failed)
    return [*compliance, *_evidence(previous, current), *controls]


def _compliance(previous: Stored, current: Stored, *, failed: bool) -> Iterator[Note]:
    """``failed``: whether a control failed that did not before.

    Where none did, to know again of the old failures is not worse than not to know.
    """
    before = _condition(previous, "Compliant").get("status", "Unknown")
    condition = _condition(current, "Compliant")
    after = condition["status"]
    if before != after:
        known_again = (before, after) == ("Unknown", "False") and not failed
        kind: Kind = NORMAL if after == "True" or known_again else WARNING
        told = f"Compliant: {before} → {after}. {condition['message']}"
        yield Note("ComplianceChanged", kind, told, "compliance")


def _evidence(previous: Stored, current: Stored) -> Iterator[Note]:
    before = _condition(previous, "EvidenceComplete")
    after = _condition(current, "EvidenceComplete")
    if before.get("status") == after.get("status"):
        return
    if after.get("status") == "False":
        yield Note("EvidenceUnavailable", WARNING, after["message"], "evidence")
    elif before and after:
        yield Note("EvidenceRestored", NORMAL, after["message"], "evidence")


def _controls(previous: Stored, current: Stored) -> Iterator[Note]:
    before = {control["id"]: _last_judged(control) for control in previous["controls"]}
    for control in sorted(current.get("controls", ()), key=_worst_first):
        name, now = control["id"], control["result"]
        failed_before = before.get(name) == "Fail"
        if now == "Fail" and not failed_before:
            told = f"{name} ({control['severity']}): {control.get('message', '')}"
            yield Note("ControlFailed", WARNING, told, name)
        elif failed_before and now == "Pass":
            yield Note("ControlRecovered", NORMAL, f"{name} passes again.", name)
        elif failed_before and control.get("reason") == "NoSubjects":
            yield Note("ControlRecovered", NORMAL, f"{name} has nothing left to judge.", name)


def _last_judged(control: Stored) -> str:
    """The result, or what it was before nobody could tell."""
    result: str = control.get("lastResult", control["result"])
    return result


def _worst_first(control: Stored) -> tuple[int, str]:
    """One without a severity says nothing of the namespace."""
    return -Severity.parse(control.get("severity", "Info")), control["id"]


def _condition(status: Stored, kind: str) -> Mapping[str, Any]:
    return next((c for c in status.get("conditions", ()) if c["type"] == kind), {})
