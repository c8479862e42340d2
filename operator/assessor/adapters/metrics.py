"""Prometheus metrics of the operator, in a registry of their own."""

import math
from collections.abc import Mapping
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

from assessor.adapters.assessment_metrics import AssessmentCollector


class Metrics:
    """Everything that is counted; forgetting an assessment removes its series."""

    def __init__(self) -> None:
        """Start at zero."""
        self._registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)

        def gauge(name: str, text: str) -> Gauge:
            return Gauge(f"kube_assessor_{name}", text, registry=registry)

        def counter(name: str, text: str, labels: tuple[str, ...] = ()) -> Counter:
            return Counter(f"kube_assessor_{name}", text, labels, registry=registry)

        self._assessments = AssessmentCollector()
        registry.register(self._assessments)
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
        self._assessments.show(namespace, name, status)

    def forget(self, namespace: str, name: str) -> None:
        """Remove a deleted assessment's series."""
        self._assessments.forget(namespace, name)

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
