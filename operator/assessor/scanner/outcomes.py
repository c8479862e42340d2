"""What the files tell of each control: the rules of docs/design/api.md, on partial evidence."""

from collections.abc import Mapping, Sequence

from assessor.catalogue.checklist import CONTROLS
from assessor.catalogue.checks import Check
from assessor.catalogue.controls import Control
from assessor.catalogue.profiles import BUILT_IN_PROFILES
from assessor.engine.assessment import Reason, Result
from assessor.inventory.snapshot import GapReason
from assessor.kernel.severity import Severity
from assessor.reporting.scan.report import Judged
from assessor.scanner.judging import Tally
from assessor.scanner.settings import Settings


def outcomes(
    settings: Settings, checks: Sequence[Check], tally: Tally, worst: Mapping[str, int]
) -> tuple[Judged, ...]:
    """All controls, sorted by id; ``worst`` is the severity of a control's worst finding."""
    selected = {check.control for check in checks}
    profile = BUILT_IN_PROFILES[settings.profile].controls
    return tuple(
        _outcome(control, tally, worst)
        if control.id in selected
        else _not_judged(control, in_profile=control.id in profile, settings=settings)
        for control in CONTROLS
    )


def _not_judged(control: Control, *, in_profile: bool, settings: Settings) -> Judged:
    if control.cluster_only:
        return Judged(control.id, Result.NOT_APPLICABLE, Reason.CLUSTER_SCOPE)
    if not in_profile:
        return Judged(control.id, Result.NOT_APPLICABLE, Reason.NOT_IN_PROFILE)
    if settings.include or settings.exclude:
        return Judged(control.id, Result.NOT_APPLICABLE, Reason.EXCLUDED)
    told = "No check automates this control yet."
    return Judged(control.id, Result.UNKNOWN, Reason.NOT_AUTOMATED, told)


def _outcome(control: Control, tally: Tally, worst: Mapping[str, int]) -> Judged:
    if worst.get(control.id, Severity.INFO) > Severity.INFO:
        return Judged(control.id, Result.FAIL, Reason.FINDINGS)
    if errors := tally.errors.get(control.id):
        return Judged(control.id, Result.ERROR, Reason.CHECK_FAILED, "; ".join(sorted(errors)))
    if gaps := tally.gaps.get(control.id):
        return Judged(control.id, Result.UNKNOWN, _reason(gaps), _told(gaps))
    if control.id not in tally.examined:
        return Judged(control.id, Result.NOT_APPLICABLE, Reason.NO_SUBJECTS)
    return Judged(control.id, Result.PASS, Reason.NO_FINDINGS)


def _reason(gaps: Mapping[str, str]) -> Reason:
    for first in (GapReason.NOT_EVALUATED, GapReason.PARTIAL):
        if first in gaps.values():
            return Reason(first.value)
    return Reason(min(gaps.values()))


def _told(gaps: Mapping[str, str]) -> str:
    if GapReason.NOT_EVALUATED in gaps.values():
        return f"Not understood everywhere, the warnings say where: {', '.join(sorted(gaps))}"
    return f"Files may not hold all of: {', '.join(sorted(gaps))}"
