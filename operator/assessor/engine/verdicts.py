"""A control's result from what its checks came to: the first match of api.md's table wins."""

from collections.abc import Sequence

from assessor.catalogue.controls import Control
from assessor.engine.assessment import Basis, Finding, Reason, Result, Verdict, worst_first
from assessor.engine.running import Ran
from assessor.inventory.snapshot import EvidenceGap, GapReason
from assessor.kernel.severity import Severity

WORST_FIRST = (
    GapReason.FORBIDDEN,
    GapReason.NOT_INSTALLED,
    GapReason.MALFORMED,
    GapReason.STALE,
    GapReason.PARTIAL,
    GapReason.NOT_EVALUATED,
)
"""Which gap's reason is told where there are several."""


def verdict(control: Control, ran: Ran) -> Verdict:
    """Judge a selected control that has checks."""
    failing = [finding for finding in ran.findings if finding.severity > Severity.INFO]
    if failing:
        return _fail(control, ran, failing)
    if ran.errors:
        return _open(control, Result.ERROR, Reason.CHECK_FAILED, "; ".join(ran.errors))
    if ran.gaps:
        worst = min(ran.gaps, key=lambda gap: WORST_FIRST.index(gap.reason))
        return _open(control, Result.UNKNOWN, Reason(worst.reason.value), _missing(ran.gaps))
    if not ran.examined:
        return Verdict(control.id, Result.NOT_APPLICABLE, Reason.NO_SUBJECTS, control.severity)
    return Verdict(
        control.id,
        Result.PASS,
        Reason.NO_FINDINGS,
        control.severity,
        evaluated=len(ran.examined),
        basis=Basis.OBSERVED,
    )


def not_automated(control: Control) -> Verdict:
    """The verdict of a selected control that has no checks."""
    told = "No check automates this control in a cluster yet."
    return _open(control, Result.UNKNOWN, Reason.NOT_AUTOMATED, told)


def not_judged(control: Control, reason: Reason) -> Verdict:
    """The verdict of a control that is not selected."""
    return Verdict(control.id, Result.NOT_APPLICABLE, reason, control.severity)


def _fail(control: Control, ran: Ran, failing: list[Finding]) -> Verdict:
    worst = min(failing, key=worst_first)
    objects = {finding.object for finding in failing}
    more = f" (and {len(failing) - 1} more)" if len(failing) > 1 else ""
    return Verdict(
        control.id,
        Result.FAIL,
        Reason.FINDINGS,
        worst.severity,
        evaluated=len(ran.examined | objects),
        failing=len(objects),
        message=f"{worst.object}: {worst.message}{more}",
        basis=Basis.OBSERVED,
        incomplete=bool(ran.gaps or ran.errors),
    )


def _open(control: Control, result: Result, reason: Reason, message: str) -> Verdict:
    """What cannot be told: for want of evidence, of a check, or of a check that works."""
    return Verdict(control.id, result, reason, control.severity, message=message, incomplete=True)


def _missing(gaps: Sequence[EvidenceGap]) -> str:
    """All names first: details are as long as the API server likes, and are cut off."""
    named = ", ".join(f"{gap.evidence} {gap.reason}" for gap in gaps)
    details = "; ".join(f"{gap.evidence}: {gap.detail}" for gap in gaps if gap.detail)
    return f"Not readable: {named}. {details}".rstrip()
