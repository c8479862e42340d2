"""The verdict on the whole namespace: Compliant is True, False or Unknown, with its reason."""

from collections.abc import Container, Mapping, Sequence

from assessor.catalogue.controls import Control
from assessor.engine.assessment import Compliance, Reason, Result, Verdict
from assessor.engine.tailoring import Tailoring

NAMED = 5
"""How many controls a message names."""


def compliance(
    verdicts: Sequence[Verdict],
    controls: Mapping[str, Control],
    automated: Container[str],
    tailoring: Tailoring,
) -> Compliance:
    """Apply api.md's rule; ``automated`` holds the ids of controls that have a check.

    A lesser failure does not make up for a check that could not run. Tailored replaces any other
    reason where the spec lowered a severity or excluded a control.
    """
    failed = [v for v in verdicts if v.result is Result.FAIL and v.severity >= tailoring.fail_on]
    blind = [
        v
        for v in verdicts
        if v.control in automated
        and controls[v.control].severity >= tailoring.fail_on
        and (v.incomplete or v.reason is Reason.EXCLUDED)
    ]
    tailored = is_tailored(verdicts, controls, tailoring)
    if failed:
        return _made("False", "FailuresFound", "Failing: ", failed, tailored=tailored)
    if blind:
        return _made("Unknown", "EvidenceMissing", "Not fully judged: ", blind, tailored=tailored)
    if not any(v.result is Result.PASS for v in verdicts):
        reason = "Tailored" if tailored else "NothingJudged"
        return Compliance("Unknown", reason, "No control could be judged.")
    told = f"No failure of severity {tailoring.fail_on.label} or above."
    return Compliance("True", "Tailored" if tailored else "NoFailures", told)


def is_tailored(
    verdicts: Sequence[Verdict], controls: Mapping[str, Control], tailoring: Tailoring
) -> bool:
    """Whether the spec lowered a severity or took a control out of the profile."""
    lowered = any(
        control in controls and severity < controls[control].severity
        for control, severity in tailoring.severities.items()
    )
    return lowered or Reason.EXCLUDED in [verdict.reason for verdict in verdicts]


def _made(
    status: str, reason: str, lead: str, verdicts: Sequence[Verdict], *, tailored: bool
) -> Compliance:
    worst = sorted(verdicts, key=lambda v: (-v.severity, v.control))
    names = ", ".join(f"{v.control} ({v.severity.label})" for v in worst[:NAMED])
    more = f" and {len(worst) - NAMED} more" if len(worst) > NAMED else ""
    return Compliance(status, "Tailored" if tailored else reason, f"{lead}{names}{more}.")
