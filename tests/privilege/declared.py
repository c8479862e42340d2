"""What must come of a right that is missing, from what the checks themselves declare."""

from collections.abc import Iterator
from typing import Any

from assessor.checks.loading import load
from assessor.inventory.kinds import Evidence
from assessor.kernel.severity import Severity

Json = dict[str, Any]

CHECKS = tuple(check for check in load() if not check.at_build)
AUTOMATED = frozenset(check.control for check in CHECKS)
OPEN = {"id", "result", "reason"}
"""The fields of a verdict that its evidence decides alone where it is missing."""


def mistaken(full: Json, seen: Json, evidence: Evidence) -> list[str]:
    """Where the verdicts without ``evidence`` are not what those under the full role demand.

    A control that needs it is Unknown and Forbidden, unless a check that does not need it found a
    failure; one whose severity alone it decides fails as before and no less; no other differs.
    """
    assert full["truncated"] == 0, "more findings than are told: they decide what is expected"
    after = {control["id"]: control for control in seen["controls"]}
    assert after.keys() == {control["id"] for control in full["controls"]}
    return [
        f"{before['id']}: {told}"
        for before in full["controls"]
        for told in _mistakes(before, after[before["id"]], full["findings"], evidence)
    ]


def _mistakes(before: Json, after: Json, findings: list[Json], lost: Evidence) -> Iterator[str]:
    checks = [check for check in CHECKS if check.control == before["id"]]
    blind = {check.id for check in checks if lost in check.needs}
    if not blind:
        weighs = any(lost in check.weighs for check in checks)
        yield from _unlike(before, after, weighs=weighs)
    elif _failing(before["id"], findings, blind):
        if after["result"] != "Fail":
            yield f"fails by checks that can be run, and is {after['result']}"
    elif (after["result"], after["reason"]) != ("Unknown", "Forbidden"):
        yield f"is {after['result']} ({after['reason']}) without {lost}"


def _failing(control: str, findings: list[Json], blind: set[str]) -> bool:
    """Whether checks that see all they need found a failure."""
    return any(
        each["control"] == control and each["check"] not in blind and each["severity"] != "Info"
        for each in findings
    )


def _unlike(before: Json, after: Json, *, weighs: bool) -> Iterator[str]:
    if not weighs:
        if _settled(before) != _settled(after):
            yield f"was {_settled(before)}, is {_settled(after)}"
        return
    if before["result"] != after["result"]:
        yield f"was {before['result']}, is {after['result']}"
    elif Severity.parse(after["severity"]) < Severity.parse(before["severity"]):
        yield f"was {before['severity']}, is only {after['severity']}"


def _settled(control: Json) -> Json:
    """A verdict without since when it is so."""
    return {key: value for key, value in control.items() if key != "since"}
