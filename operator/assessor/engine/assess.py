"""The one entry point: a Snapshot judged by checks under a tailoring."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from assessor.catalogue.checks import Check
from assessor.catalogue.controls import Control, Section
from assessor.engine.assessment import (
    Assessment,
    Finding,
    Result,
    SectionSummary,
    Verdict,
    worst_first,
)
from assessor.engine.compliance import compliance
from assessor.engine.running import run_checks
from assessor.engine.score import coverage, score
from assessor.engine.selection import left_out
from assessor.engine.tailoring import Tailoring
from assessor.engine.verdicts import not_judged, verdict
from assessor.inventory.snapshot import Snapshot
from assessor.kernel.severity import Severity


def assess(
    snapshot: Snapshot,
    *,
    controls: Sequence[Control],
    checks: Sequence[Check],
    tailoring: Tailoring,
) -> Assessment:
    """Judge one namespace: every control gets a verdict, selected or not."""
    by_id = {control.id: control for control in controls}
    by_control: dict[str, list[Check]] = defaultdict(list)
    for check in checks:
        # A cluster shows nothing of how an image is built: such a check would find nothing.
        if tailoring.profile.runs(check) and not check.at_build:
            by_control[check.control].append(check)
    verdicts: list[Verdict] = []
    findings: list[Finding] = []
    for control in sorted(controls, key=lambda control: control.id):
        reason = left_out(control, tailoring)
        if reason is not None:
            verdicts.append(not_judged(control, reason))
            continue
        mine = by_control.get(control.id, [])
        ran = run_checks(mine, snapshot, tailoring.severities.get(control.id))
        verdicts.append(verdict(control, mine, ran))
        findings += ran.findings
    return Assessment(
        tuple(verdicts),
        tuple(sorted(findings, key=worst_first)),
        score(verdicts, by_id),
        coverage(verdicts),
        _counts(verdicts),
        _failing(verdicts),
        _sections(verdicts, by_id),
        compliance(verdicts, by_id, by_control.keys(), tailoring),
        tuple(snapshot.gaps[name] for name in sorted(snapshot.gaps)),
    )


def _counts(verdicts: Sequence[Verdict]) -> dict[Result, int]:
    counted = Counter(verdict.result for verdict in verdicts)
    return {result: counted[result] for result in Result}


def _failing(verdicts: Sequence[Verdict]) -> dict[Severity, int]:
    counted = Counter(v.severity for v in verdicts if v.result is Result.FAIL)
    return {severity: counted[severity] for severity in Severity if severity > Severity.INFO}


def _sections(
    verdicts: Sequence[Verdict], controls: Mapping[str, Control]
) -> tuple[SectionSummary, ...]:
    members: dict[Section, list[Verdict]] = defaultdict(list)
    for verdict_ in verdicts:
        members[controls[verdict_.control].section].append(verdict_)
    return tuple(
        SectionSummary(section, score(members[section], controls), _counts(members[section]))
        for section in Section
    )
