"""The selected checks run over snapshots, their findings located."""

from collections.abc import Iterable, Mapping

from msgspec import Struct, field

from assessor.catalogue.checks import Check
from assessor.engine.assessment import Finding
from assessor.engine.running import missing_evidence, run_check
from assessor.inventory.snapshot import Snapshot
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
        self._checks = [(check, severities.get(check.control)) for check in checks]

    def findings(self, snapshot: Snapshot, tally: Tally) -> Iterable[Finding]:
        """What is found in a snapshot; ``tally`` takes up how far it was judged."""
        findings: dict[str, Finding] = {}
        for check, override in self._checks:
            if missing := missing_evidence(check, snapshot):
                gaps = tally.gaps.setdefault(check.control, {})
                gaps.update({gap.evidence: gap.reason for gap in missing})
                continue
            errors: set[str] = set()
            if run_check(check, snapshot, override, findings, errors):
                tally.examined.add(check.control)
            if errors:
                tally.errors.setdefault(check.control, set()).update(errors)
        return findings.values()
