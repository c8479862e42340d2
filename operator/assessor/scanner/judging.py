"""The selected checks run over snapshots, their findings located."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from msgspec import Struct, field

from assessor.catalogue.checks import Check
from assessor.engine.assessment import Finding
from assessor.engine.running import run_checks
from assessor.inventory.snapshot import Snapshot
from assessor.kernel.severity import Severity

Keep = Callable[[Finding], None]


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
        by_control: dict[str, list[Check]] = defaultdict(list)
        for check in checks:
            by_control[check.control].append(check)
        self._checks: Mapping[str, Sequence[Check]] = by_control
        self._severities = severities

    def findings(self, snapshot: Snapshot, tally: Tally) -> Iterator[Finding]:
        """What is found in a snapshot; ``tally`` takes up how far it was judged."""
        for control, checks in self._checks.items():
            ran = run_checks(checks, snapshot, self._severities.get(control))
            if ran.examined:
                tally.examined.add(control)
            for gap in ran.gaps:
                tally.gaps.setdefault(control, {})[gap.evidence] = gap.reason
            if ran.errors:
                tally.errors.setdefault(control, set()).update(ran.errors)
            yield from ran.findings
