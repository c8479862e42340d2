"""What the assessments say, as Prometheus metrics.

A series of prometheus_client weighs 0.65 KiB, and each assessment has five. What was said last is
kept as five numbers instead, and becomes series when somebody scrapes.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

ASSESSMENT = ("namespace", "name")
"""The labels."""

COMPLIANT = {"True": 1.0, "False": 0.0}
"""The gauge's values; Unknown has no sample, since no number would be true."""


class Said(NamedTuple):
    """One assessment's numbers, each None where its status has none."""

    score: float | None
    coverage: float | None
    compliant: float | None
    assessed: float | None
    failing: float | None


GAUGES = (
    ("score", "Score in percent."),
    ("coverage", "Judged controls in percent."),
    ("compliant", "1 compliant, 0 not, absent unknown."),
    (
        "last_assessed_timestamp_seconds",
        "When it was last judged in full: time() minus it is the assessment's age.",
    ),
    ("failing_controls", "Failing controls."),
)
"""Names and texts, in the order of what was ``Said``."""


class AssessmentCollector(Collector):
    """The numbers of every assessment that is known; one that is forgotten has no series."""

    def __init__(self) -> None:
        """Know none."""
        self._said: dict[tuple[str, str], Said] = {}

    def describe(self) -> Iterable[Metric]:
        """The families without their samples, by which names that are taken twice are found."""
        return [_family(name, text) for name, text in GAUGES]

    def collect(self) -> Iterator[Metric]:
        """All series of all assessments."""
        for place, (name, text) in enumerate(GAUGES):
            family = _family(name, text)
            for labels, said in self._said.items():
                value = said[place]
                if value is not None:
                    family.add_metric(labels, value)
            yield family

    def show(self, namespace: str, name: str, status: Mapping[str, Any]) -> None:
        """Show a status from now on; what it does not hold has no sample."""
        self._said[namespace, name] = _said(status)

    def forget(self, namespace: str, name: str) -> None:
        """Remove a deleted assessment's series, if it has any."""
        self._said.pop((namespace, name), None)


def _family(name: str, text: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"kube_assessor_{name}", text, labels=ASSESSMENT)


def _said(status: Mapping[str, Any]) -> Said:
    conditions = status.get("conditions", ())
    compliant = next((c["status"] for c in conditions if c["type"] == "Compliant"), "")
    return Said(
        status.get("score"),
        status.get("coverage"),
        COMPLIANT.get(compliant),
        _seconds(status.get("lastAssessedTime")),
        status.get("summary", {}).get("fail"),
    )


def _seconds(timestamp: str | None) -> float | None:
    """Seconds since 1970; None also for what another manager wrote and nobody can read."""
    try:
        return datetime.fromisoformat(timestamp).timestamp() if timestamp else None
    except (ValueError, OverflowError):
        return None
