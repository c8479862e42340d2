"""The informers' state is exposed as it is at the scrape."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager

from assessor.adapters.informer import Informer
from assessor.adapters.informer_metrics import InformerCollector
from assessor.adapters.metrics import Metrics
from assessor.inventory.kinds import CORE_KINDS, POLICY_ENGINE_KINDS, ObservedKind


class StoppedClock:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        """Start anywhere but at zero."""
        self.seconds = 100.0

    def monotonic(self) -> float:
        """Seconds that only grow."""
        return self.seconds

    def now(self) -> object:
        """Never asked for here."""
        raise NotImplementedError


class NoTransport:
    """Nothing is read: the informers do not run."""

    async def get(
        self, path: str, params: Mapping[str, str], *, at_most: int | None = None
    ) -> bytes:
        """Never asked for here."""
        raise NotImplementedError

    def watch(
        self, path: str, params: Mapping[str, str]
    ) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        """Never asked for here."""
        raise NotImplementedError


def informer(kind: ObservedKind, clock: StoppedClock) -> Informer:
    """An informer that has not begun."""
    return Informer(
        kind, NoTransport(), clock, on_change=lambda *_: None, on_gap_change=lambda _: None
    )


def test_state_and_staleness_by_kind() -> None:
    """Two kinds of one plural are two series; what is gone has none; contact ages."""
    clock = StoppedClock()
    namespaced = next(kind for kind in CORE_KINDS if kind.plural == "networkpolicies")
    calico = next(kind for kind in POLICY_ENGINE_KINDS if kind.plural == "networkpolicies")
    running = [informer(namespaced, clock), informer(calico, clock)]
    running[0].stats.errors["ForbiddenError"] += 2
    running[0].stats.relists = 3
    metrics = Metrics()
    metrics.add(InformerCollector(lambda: running, clock))
    clock.seconds += 7
    shown = metrics.render()[0].decode()
    own = 'group="networking.k8s.io",resource="networkpolicies"'
    assert f"kube_assessor_informer_synced{{{own}}} 0.0" in shown
    assert f"kube_assessor_informer_usable{{{own}}} 0.0" in shown
    assert f"kube_assessor_informer_seconds_since_contact{{{own}}} 7.0" in shown
    assert f"kube_assessor_informer_relists_total{{{own}}} 3.0" in shown
    assert f'kube_assessor_informer_errors_total{{error="ForbiddenError",{own}}} 2.0' in shown
    assert f'kube_assessor_informer_synced{{group="{calico.group}"' in shown
    running.pop()
    assert calico.group not in metrics.render()[0].decode()
