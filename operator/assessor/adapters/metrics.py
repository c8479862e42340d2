"""Prometheus metrics of the operator, in a registry of their own."""

import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector

ASSESSMENT = ("namespace", "name")
COMPLIANT = {"True": 1.0, "False": 0.0}
"""The gauge's values; Unknown has no sample, since no number would be true."""


class Metrics:
    """Everything that is counted; forgetting an assessment removes its series."""

    def __init__(self) -> None:
        """Start at zero."""
        self._registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)

        def gauge(name: str, text: str, labels: tuple[str, ...] = ()) -> Gauge:
            return Gauge(f"kube_assessor_{name}", text, labels, registry=registry)

        def counter(name: str, text: str, labels: tuple[str, ...] = ()) -> Counter:
            return Counter(f"kube_assessor_{name}", text, labels, registry=registry)

        self._score = gauge("score", "Score in percent.", ASSESSMENT)
        self._coverage = gauge("coverage", "Judged controls in percent.", ASSESSMENT)
        self._compliant = gauge("compliant", "1 compliant, 0 not, absent unknown.", ASSESSMENT)
        self._assessed = gauge(
            "last_assessed_timestamp_seconds",
            "When it was last judged in full: time() minus it is the assessment's age.",
            ASSESSMENT,
        )
        self._failing = gauge("failing_controls", "Failing controls.", ASSESSMENT)
        self._without = gauge("namespaces_without_assessment", "Namespaces that nobody assesses.")
        self._depth = gauge("queue_depth", "Assessments that wait.")
        self._leading = gauge("leading", "1 where this process writes, 0 where it stands by.")
        self._wait = Histogram(
            "kube_assessor_queue_wait_seconds",
            "Time from a change to its delivery.",
            registry=registry,
        )
        self._requests = Histogram(
            "kube_assessor_api_request_seconds",
            "Requests to the API server until their headers came.",
            ("method", "code"),
            registry=registry,
        )
        self._writes = counter("status_writes", "Status writes by outcome.", ("outcome",))
        self._restarts = counter("kopf_restarts", "Unplanned ends of kopf.")
        self._unexpected = counter("errors", "Errors by place.", ("place",))

    def add(self, collector: Collector) -> None:
        """Show also what ``collector`` finds at each scrape."""
        self._registry.register(collector)

    def assessed(self, namespace: str, name: str, status: Mapping[str, Any]) -> None:
        """Show a status; what it does not hold has no sample."""
        labels = (namespace, name)
        compliant = next(
            (c["status"] for c in status.get("conditions", ()) if c["type"] == "Compliant"), ""
        )
        _show(self._score, labels, status.get("score"))
        _show(self._coverage, labels, status.get("coverage"))
        _show(self._compliant, labels, COMPLIANT.get(compliant))
        _show(self._assessed, labels, _seconds(status.get("lastAssessedTime")))
        _show(self._failing, labels, status.get("summary", {}).get("fail"))

    def forget(self, namespace: str, name: str) -> None:
        """Remove a deleted assessment's series."""
        self.assessed(namespace, name, {})

    def wrote(self, outcome: str) -> None:
        """Count a status write."""
        self._writes.labels(outcome).inc()

    def queue_wait(self, seconds: float) -> None:
        """Record how long a change waited."""
        self._wait.observe(seconds)

    def request(self, method: str, code: str, seconds: float) -> None:
        """Record a request to the API server."""
        self._requests.labels(method, code).observe(seconds)

    def kopf_restarted(self) -> None:
        """Count an unplanned end of kopf."""
        self._restarts.inc()

    def unexpected(self, place: str) -> None:
        """Count an error."""
        self._unexpected.labels(place).inc()

    def observe_state(
        self, *, namespaces_without_assessment: int | None, queue_depth: int, leading: bool
    ) -> None:
        """Set what is only looked at when somebody scrapes; None is not known: NaN."""
        self._leading.set(leading)
        without = namespaces_without_assessment
        self._without.set(math.nan if without is None else without)
        self._depth.set(queue_depth)

    def render(self) -> tuple[bytes, str]:
        """The exposition and its content type."""
        return generate_latest(self._registry), CONTENT_TYPE_LATEST


def _seconds(timestamp: str | None) -> float | None:
    """Seconds since 1970; None also for what another manager wrote and nobody can read."""
    try:
        return datetime.fromisoformat(timestamp).timestamp() if timestamp else None
    except (ValueError, OverflowError):
        return None


def _show(gauge: Gauge, labels: tuple[str, str], value: float | None) -> None:
    if value is not None:
        gauge.labels(*labels).set(value)
    elif labels in gauge._metrics:  # noqa: SLF001 - remove() warns of absent labels
        gauge.remove(*labels)
