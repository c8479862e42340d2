"""The one entry point: a Snapshot judged by checks under a tailoring."""

from collections.abc import Sequence

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
from assessor.engine.plan import Plan, plan_of
from assessor.engine.running import run_checks
from assessor.engine.score import coverage, score
from assessor.engine.tailoring import Tailoring
from assessor.engine.verdicts import verdict
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
    plan = plan_of(controls, checks, tailoring)
    verdicts: list[Verdict] = []
    findings: list[Finding] = []
    for step in plan.steps:
        if step.verdict is not None:
            verdicts.append(step.verdict)
            continue
        ran = run_checks(step.checks, snapshot, tailoring.severities.get(step.control.id))
        verdicts.append(verdict(step.control, ran))
        findings += ran.findings
    return Assessment(
        tuple(verdicts),
        tuple(sorted(findings, key=worst_first)),
        score(verdicts, plan.controls),
        coverage(verdicts),
        _counts(verdicts),
        _failing(verdicts),
        _sections(verdicts, plan),
        compliance(verdicts, plan.controls, plan.automated, tailoring),
        tuple(snapshot.gaps[name] for name in sorted(snapshot.gaps)),
    )


RESULTS = tuple(Result)
FAILING = tuple(severity for severity in Severity if severity > Severity.INFO)


def _counts(verdicts: Sequence[Verdict]) -> dict[Result, int]:
    results = [verdict.result for verdict in verdicts]
    return {result: results.count(result) for result in RESULTS}


def _failing(verdicts: Sequence[Verdict]) -> dict[Severity, int]:
    severities = [verdict.severity for verdict in verdicts if verdict.result is Result.FAIL]
    return {severity: severities.count(severity) for severity in FAILING}


def _sections(verdicts: Sequence[Verdict], plan: Plan) -> tuple[SectionSummary, ...]:
    return tuple(
        _section(section, [verdicts[place] for place in places], plan)
        for section, places in plan.sections
    )


def _section(section: Section, verdicts: Sequence[Verdict], plan: Plan) -> SectionSummary:
    return SectionSummary(section, score(verdicts, plan.controls), _counts(verdicts))
