"""All informers together: a namespace's snapshot, with a gap wherever something is not known."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from assessor.adapters.cluster_cache import ClusterCache
from assessor.inventory.kinds import CORE_KINDS, POLICY_ENGINE_KINDS, Evidence
from assessor.inventory.snapshot import GapReason
from assessor.kernel.errors import ForbiddenError, UnreachableError
from tests.unit.adapters.cluster_server import ClusterServer, ManualClock, account, until

PATHS = {kind.evidence: kind.path for kind in CORE_KINDS}
NAMESPACES, ACCOUNTS = PATHS[Evidence.NAMESPACES], PATHS[Evidence.SERVICE_ACCOUNTS]
CILIUM = next(k for k in POLICY_ENGINE_KINDS if k.kind == "CiliumNetworkPolicy")
ADMIN = next(k for k in POLICY_ENGINE_KINDS if k.kind == "AdminNetworkPolicy")


class Running:
    """A cache that runs over a scripted server, with what it told."""

    def __init__(self) -> None:
        """Two namespaces, an account in the first."""
        self.server = ClusterServer()
        for name in ("a", "b"):
            labels = {"kubernetes.io/metadata.name": name, "team": name}
            self.server.put(NAMESPACES, {"metadata": {"name": name, "uid": name, "labels": labels}})
        self.server.put(ACCOUNTS, account("one"))
        self.dirty: list[str] = []
        self.all_dirty = 0
        self.cache = ClusterCache(
            self.server,
            ManualClock(),
            on_dirty=self.dirty.append,
            on_all_dirty=self._everything,
            discovery_interval=0.01,
        )

        self._task: asyncio.Task[None] | None = None

    def _everything(self) -> None:
        self.all_dirty += 1

    def start(self) -> None:
        """Let it run until ``stop``."""
        self._task = asyncio.create_task(self.cache.run())

    async def stop(self) -> None:
        """End it, if it runs."""
        if self._task:
            self._task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await self._task

    def reason(self, namespace: str, evidence: Evidence) -> GapReason | None:
        """Why a kind is no evidence in a namespace."""
        snapshot = self.cache.snapshot(namespace)
        assert snapshot is not None
        gap = snapshot.gaps.get(evidence)
        return gap.reason if gap else None

    def install(self, kind: Any) -> None:
        """Serve another policy engine's kind."""
        self.server.apis[f"/apis/{kind.api_version}"] = [kind.plural]


@pytest.fixture
async def running() -> AsyncIterator[Running]:
    """A cache, not started."""
    made = Running()
    yield made
    await made.stop()


@pytest.fixture
async def started(running: Running) -> Running:
    """A cache that has synced."""
    running.start()
    await running.cache.wait_synced()
    running.dirty.clear()
    running.all_dirty = 0
    return running


async def test_a_snapshot_holds_its_namespace_alone(started: Running) -> None:
    """What was listed is in it, without gaps; the other namespace has none of it."""
    snapshot, other = started.cache.snapshot("a"), started.cache.snapshot("b")
    assert snapshot is not None
    assert other is not None
    assert snapshot.namespace.meta.labels["team"] == "a"
    assert [each.meta.name for each in snapshot.service_accounts] == ["one"]
    assert other.service_accounts == ()
    assert snapshot.gaps == other.gaps == {}
    assert set(started.cache.namespaces()) == {"a", "b"}


async def test_an_unknown_namespace_has_none(started: Running) -> None:
    """It is not judged as if it were empty."""
    assert started.cache.snapshot("c") is None
    started.server.put(NAMESPACES, {"metadata": {"name": "c", "uid": "c"}})
    await until(lambda: started.cache.snapshot("c") is not None)
    assert started.dirty == ["c"]


async def test_a_change_dirties_its_namespace(started: Running) -> None:
    """And no other."""
    started.server.put(ACCOUNTS, account("two", "b"))
    await until(lambda: started.dirty)
    assert started.dirty == ["b"]
    assert started.all_dirty == 0


async def test_nothing_is_synced_before_all_is(running: Running) -> None:
    """One kind that does not answer keeps the whole from being judged; a refused one does not."""
    pods = PATHS[Evidence.PODS]
    running.server.fail_list[pods] = UnreachableError("down")
    running.server.fail_list[ACCOUNTS] = ForbiddenError(403, "Forbidden", "no")
    running.start()
    await until(lambda: running.server.watching(NAMESPACES))
    await asyncio.sleep(0.05)
    assert not running.cache.synced
    assert running.reason("a", Evidence.PODS) is GapReason.STALE
    del running.server.fail_list[pods]
    await running.cache.wait_synced()
    assert running.reason("a", Evidence.PODS) is None
    assert running.reason("a", Evidence.SERVICE_ACCOUNTS) is GapReason.FORBIDDEN


async def test_without_the_right_to_namespaces_they_are_judged_with_a_gap(running: Running) -> None:
    """The name is known from the assessment; the labels are not."""
    running.server.fail_list[NAMESPACES] = ForbiddenError(403, "Forbidden", "no")
    running.start()
    await running.cache.wait_synced()
    snapshot = running.cache.snapshot("a")
    assert snapshot is not None
    assert snapshot.namespace.meta.labels == {}
    assert running.reason("a", Evidence.NAMESPACES) is GapReason.FORBIDDEN


async def test_a_malformed_object_is_a_gap_where_it_lives(started: Running) -> None:
    """The other namespaces stay judged."""
    started.server.put(ACCOUNTS, account("one", automountServiceAccountToken="perhaps"))
    await until(lambda: started.dirty)
    assert started.reason("a", Evidence.SERVICE_ACCOUNTS) is GapReason.MALFORMED
    assert started.reason("b", Evidence.SERVICE_ACCOUNTS) is None


async def test_an_engine_that_is_installed_is_seen_and_forgotten(started: Running) -> None:
    """Its policies make NET-01's evidence incomplete where they live, until it is removed."""
    started.install(CILIUM)
    started.server.put(CILIUM.path, {"metadata": {"name": "p", "namespace": "a", "uid": "p"}})
    await until(lambda: started.reason("a", Evidence.POLICY_ENGINES) is GapReason.NOT_EVALUATED)
    assert started.reason("b", Evidence.POLICY_ENGINES) is None
    snapshot = started.cache.snapshot("a")
    assert snapshot is not None
    assert "CiliumNetworkPolicy/p" in snapshot.gaps[Evidence.POLICY_ENGINES].detail
    started.server.apis.clear()
    await until(lambda: started.reason("a", Evidence.POLICY_ENGINES) is None)
    assert started.all_dirty >= 2


async def test_a_cluster_wide_policy_reaches_whom_it_selects(started: Running) -> None:
    """An AdminNetworkPolicy for one team's namespaces leaves the others judged."""
    started.install(ADMIN)
    subject = {"namespaces": {"matchLabels": {"team": "b"}}}
    policy = {"metadata": {"name": "p", "uid": "p"}, "spec": {"subject": subject}}
    started.server.put(ADMIN.path, policy)
    await until(lambda: started.reason("b", Evidence.POLICY_ENGINES) is GapReason.NOT_EVALUATED)
    assert started.reason("a", Evidence.POLICY_ENGINES) is None


async def test_an_engine_that_may_not_be_read_is_a_gap_everywhere(started: Running) -> None:
    """Nobody knows what its policies say."""
    started.server.fail_list[CILIUM.path] = ForbiddenError(403, "Forbidden", "no")
    started.install(CILIUM)
    await until(lambda: started.reason("b", Evidence.POLICY_ENGINES) is GapReason.FORBIDDEN)
    assert started.reason("a", Evidence.POLICY_ENGINES) is GapReason.FORBIDDEN


async def test_failed_discovery_is_no_absence(running: Running) -> None:
    """Until the API server has said once what it serves, other engines may be there."""
    running.server.fail_discovery = UnreachableError("down")
    running.start()
    await until(lambda: running.server.watching(NAMESPACES))
    await until(lambda: running.cache.snapshot("a") is not None)
    assert running.reason("a", Evidence.POLICY_ENGINES) is GapReason.STALE
    assert not running.cache.synced


async def test_later_failed_discovery_forgets_nothing(started: Running) -> None:
    """An engine that was found stays found while the API server does not answer."""
    started.install(CILIUM)
    started.server.put(CILIUM.path, {"metadata": {"name": "p", "namespace": "a", "uid": "p"}})
    await until(lambda: started.reason("a", Evidence.POLICY_ENGINES) is GapReason.NOT_EVALUATED)
    started.server.fail_discovery = UnreachableError("down")
    await asyncio.sleep(0.05)
    assert started.reason("a", Evidence.POLICY_ENGINES) is GapReason.NOT_EVALUATED


async def test_a_bug_in_one_informer_ends_no_other(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is counted and the informer runs again."""
    monkeypatch.setattr("assessor.adapters.cluster_cache.RESTART_DELAY", 0.001)
    broken = next(i for i in running.cache.informers if i.kind.path == ACCOUNTS)
    original, failures = broken._take_in, [RuntimeError("a bug")]

    def take_in(listing: Any) -> None:
        if failures:
            raise failures.pop()
        original(listing)

    monkeypatch.setattr(broken, "_take_in", take_in)
    running.start()
    await running.cache.wait_synced()
    assert broken.stats.crashes == 1
    assert running.reason("a", Evidence.SERVICE_ACCOUNTS) is None
