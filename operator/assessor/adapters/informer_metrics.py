"""The informers' state as Prometheus metrics, read from them whenever somebody scrapes."""

from collections.abc import Callable, Iterable, Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from assessor.adapters.informer import Informer
from assessor.kernel.clock import Clock

Value = Callable[[Informer], float]

RESOURCE = ("group", "resource")
"""The labels: a plural alone is not unique, two engines have ``networkpolicies`` too."""


class InformerCollector(Collector):
    """State and staleness per kind; a kind whose informer is gone has no series."""

    def __init__(self, informers: Callable[[], Iterable[Informer]], clock: Clock) -> None:
        """``informers``: those that run now."""
        self._informers, self._clock = informers, clock

    def describe(self) -> Iterable[Metric]:
        """Nothing is known in advance; else the registry would scrape to find out."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """All series of all informers."""
        running = tuple(self._informers())
        for name, text, value in self._gauges():
            yield _filled(GaugeMetricFamily(_named(name), text, labels=RESOURCE), running, value)
        for name, text, value in COUNTERS:
            yield _filled(CounterMetricFamily(_named(name), text, labels=RESOURCE), running, value)
        yield _errors(running)

    def _gauges(self) -> tuple[tuple[str, str, Value], ...]:
        return (
            ("synced", "1 once the kind was listed and is watched.", lambda i: float(i.synced)),
            ("connected", "1 while a watch is open.", lambda i: float(i.connected)),
            ("usable", "1 while the kind is evidence.", lambda i: float(i.gap() is None)),
            ("objects", "Objects known.", lambda i: float(len(i.store))),
            (
                "seconds_since_contact",
                "Seconds since something last came from the API server.",
                lambda i: self._clock.monotonic() - i.last_contact,
            ),
        )


COUNTERS: tuple[tuple[str, str, Value], ...] = (
    ("events", "Watch events taken in.", lambda i: i.stats.events),
    ("relists", "Lists after the first one.", lambda i: i.stats.relists),
    ("reconnects", "Watches opened after the first one.", lambda i: i.stats.reconnects),
    ("malformed", "Objects that could not be decoded.", lambda i: i.stats.malformed),
    ("crashes", "Unexpected ends of the informer.", lambda i: i.stats.crashes),
)


def _named(name: str) -> str:
    return f"kube_assessor_informer_{name}"


def _labels(informer: Informer) -> tuple[str, str]:
    return informer.kind.group, informer.kind.plural


def _filled(
    family: GaugeMetricFamily | CounterMetricFamily, informers: Iterable[Informer], value: Value
) -> Metric:
    for informer in informers:
        family.add_metric(_labels(informer), value(informer))
    return family


def _errors(informers: Iterable[Informer]) -> Metric:
    family = CounterMetricFamily(
        _named("errors"), "Failed lists and watches by error.", labels=(*RESOURCE, "error")
    )
    for informer in informers:
        for error, count in informer.stats.errors.items():
            family.add_metric((*_labels(informer), error), count)
    return family
