"""The selected checks run over snapshots, their findings located."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from msgspec import Struct, field

from assessor.catalogue.checks import Check, Subjects
from assessor.engine.assessment import Finding
from assessor.engine.running import Listed, Outcome, missing_evidence, run_check, subjects
from assessor.inventory.kinds import Evidence
from assessor.inventory.snapshot import GapReason, Snapshot
from assessor.kernel.severity import Severity


class Tally(Struct):
    """What running checks came to, by control; sums may be added up."""

    examined: set[str] = field(default_factory=set)
    gaps: dict[str, dict[str, str]] = field(default_factory=dict)
    errors: dict[str, set[str]] = field(default_factory=dict)

    def add(self, other: "Tally") -> None:
        """Take in another sum."""
        self.examined |= other.examined
        for control, gaps in other.gaps.items():
            self.gaps.setdefault(control, {}).update(gaps)
        for control, errors in other.errors.items():
            self.errors.setdefault(control, set()).update(errors)


class Judge:
    """Runs the same checks over one snapshot after the other."""

    def __init__(self, checks: Iterable[Check], severities: Mapping[str, Severity]) -> None:
        """``severities`` override those of a control's findings."""
        by_subjects: dict[Subjects, list[tuple[Check, Severity | None]]] = defaultdict(list)
        for check in checks:
            by_subjects[check.over].append((check, severities.get(check.control)))
        self._checks = tuple(by_subjects.items())

    def findings(self, snapshot: Snapshot, tally: Tally) -> Iterable[Finding]:
        """What is found in a snapshot; ``tally`` takes up how far it was judged."""
        into = Outcome({}, set())
        for over, checks in self._checks:
            listed = subjects(over, snapshot)
            if listed.subjects or snapshot.gaps:
                _judge(checks, listed, snapshot, tally, into)
        return into.findings.values()

    def leave_open(self, evidence: frozenset[Evidence], tally: Tally) -> None:
        """Some of what bindings refer to is not there: without a finding nothing is known."""
        for over, checks in self._checks if evidence else ():
            for check, _ in checks if over is Subjects.BINDINGS else ():
                gaps: dict[str, str] = dict.fromkeys(evidence & check.needs, GapReason.PARTIAL)
                if gaps:
                    tally.gaps.setdefault(check.control, {}).update(gaps)


def _judge(
    checks: Iterable[tuple[Check, Severity | None]],
    listed: Listed,
    snapshot: Snapshot,
    tally: Tally,
    into: Outcome,
) -> None:
    """Run checks with subjects of one kind."""
    for check, override in checks:
        if snapshot.gaps and (missing := missing_evidence(check, snapshot)):
            gaps = tally.gaps.setdefault(check.control, {})
            gaps.update({gap.evidence: gap.reason for gap in missing})
            if not check.at_build:
                continue
        if run_check(check, listed, snapshot, override, into):
            tally.examined.add(check.control)
        if into.errors:
            tally.errors.setdefault(check.control, set()).update(into.errors)
            into.errors.clear()
