"""All informers together: a namespace's snapshot, with a gap wherever something is not known."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Collection
from typing import Any

import pytest

from assessor.adapters.cluster_cache import ClusterCache
from assessor.adapters.informer import InformerSettings
from assessor.adapters.rbac_index import RbacIndex
from assessor.adapters.settling import SETTLING
from assessor.adapters.store import Change
from assessor.inventory.kinds import CORE_KINDS, POLICY_ENGINE_KINDS, Evidence
from assessor.inventory.snapshot import GapReason
from assessor.kernel.errors import ApiStatusError, ForbiddenError, UnreachableError
from tests.unit.adapters.cluster_server import END, ClusterServer, ManualClock, account, until

QUICK = InformerSettings(reconnect_delay=(0.001, 0.002), retry_delay=(0.001, 0.002))
PATHS = {kind.evidence: kind.path for kind in CORE_KINDS}
NAMESPACES, ACCOUNTS = PATHS[Evidence.NAMESPACES], PATHS[Evidence.SERVICE_ACCOUNTS]
STALE_AFTER = 60.0
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
        self.clock = ManualClock()
        self.cache = ClusterCache(
            self.server,
            self.clock,
            on_dirty=self.dirty.extend,
            on_all_dirty=self._everything,
            stale_after=STALE_AFTER,
            discovery_interval=0.01,
        )

        self._task: asyncio.Task[None] | None = None

    def _everything(self) -> None:
        self.all_dirty += 1

    async def answering(self) -> None:
        """Wait until the namespaces are watched, and the cache has seen that."""
        await until(lambda: self.server.watching(NAMESPACES))
        await self.settles()

    async def settles(self) -> bool:
        """Whether it settles within a moment."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.cache.wait_settled(), timeout=0.05)
        return self.cache.settled

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


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is tried again is so at once."""
    monkeypatch.setattr("assessor.adapters.supervising.RESTART_DELAY", (0.001, 0.002))
    monkeypatch.setattr("assessor.adapters.optional_kinds.RETRY_DELAY", 0.001)
    monkeypatch.setattr("assessor.adapters.cluster_cache.INFORMER_SETTINGS", QUICK)


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
    await running.cache.wait_settled()
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


async def test_a_slow_kind_is_waited_for(running: Running) -> None:
    """As long as it does not fail: a cold start does not judge what it is about to know."""
    pods, stuck = PATHS[Evidence.PODS], asyncio.Event()
    running.server.hold_list[pods] = stuck
    running.start()
    await running.answering()
    running.clock.seconds += 10 * STALE_AFTER
    assert not await running.settles()
    stuck.set()
    await running.cache.wait_settled()
    assert running.reason("a", Evidence.PODS) is None
    assert running.cache.patience() == 0


async def test_a_kind_that_fails_holds_up_nothing_for_long(running: Running) -> None:
    """What depends on it is Unknown and says why; a refused kind is not waited for at all."""
    pods = PATHS[Evidence.PODS]
    running.server.fail_list[pods] = ApiStatusError(500, "InternalError", "etcd at 10.0.0.1:2379")
    running.server.fail_list[ACCOUNTS] = ForbiddenError(403, "Forbidden", "no")
    running.start()
    await running.answering()
    assert not await running.settles(), "it may be but a hiccup"
    running.clock.seconds += SETTLING
    await running.cache.wait_settled()
    snapshot = running.cache.snapshot("a")
    assert snapshot is not None
    gap = snapshot.gaps[Evidence.PODS]
    assert (gap.reason, gap.detail) == (GapReason.STALE, "not synced yet: 500 InternalError")
    assert set(snapshot.gaps) == {Evidence.PODS, Evidence.SERVICE_ACCOUNTS}
    dirty = running.all_dirty
    del running.server.fail_list[pods]
    await until(lambda: running.reason("a", Evidence.PODS) is None)
    assert running.all_dirty > dirty


async def test_stored_verdicts_outlive_a_start_by_the_staleness(running: Running) -> None:
    """A kind that fails at the start is to them what one that was lost is to a running operator."""
    running.server.fail_list[PATHS[Evidence.PODS]] = ApiStatusError(500, "InternalError", "etcd")
    running.start()
    await running.answering()
    running.clock.seconds += SETTLING
    await running.cache.wait_settled()
    assert running.cache.patience() == STALE_AFTER - SETTLING
    running.clock.seconds += STALE_AFTER
    assert running.cache.patience() == 0


async def test_the_waiting_counts_from_the_first_answer(running: Running) -> None:
    """While the API server is away there is nothing to judge, and nothing has been given up."""
    for path in PATHS.values():
        running.server.fail_list[path] = UnreachableError("down")
    running.server.fail_discovery = UnreachableError("down")
    running.start()
    await until(lambda: all(informer.failing for informer in running.cache.informers))
    running.clock.seconds += 10 * STALE_AFTER
    assert not await running.settles()
    assert running.cache.patience() == STALE_AFTER
    running.server.fail_discovery = None
    pods = PATHS[Evidence.PODS]
    running.server.fail_list = {pods: UnreachableError("down")}
    await running.answering()
    assert not await running.settles()
    running.server.fail_list.clear()
    await running.cache.wait_settled()
    assert running.reason("a", Evidence.PODS) is None


async def test_an_api_server_that_returns_overrules_nothing_at_once(started: Running) -> None:
    """It was away for long, so all is stale: what is read first must not be judged alone."""
    server, pods = started.server, PATHS[Evidence.PODS]
    for path in PATHS.values():
        server.fail_list[path] = server.fail_watch[path] = UnreachableError("down")
        server.send(path, END)
    await until(lambda: not any(server.watching(path) for path in PATHS.values()))
    started.clock.seconds += STALE_AFTER + 1
    await until(lambda: started.all_dirty == len(PATHS))
    assert started.cache.patience() == 0, "who can still write says what is not known"
    held = server.hold_list[pods] = asyncio.Event()
    server.fail_list.clear()
    server.fail_watch.clear()
    await until(lambda: all(server.watching(path) for path in PATHS.values() if path != pods))
    assert started.cache.patience() == SETTLING
    started.clock.seconds += SETTLING
    assert started.cache.patience() == 0, "it has had its time"
    started.clock.seconds -= SETTLING
    held.set()
    await until(lambda: server.watching(pods))
    assert started.cache.patience() == 0, "all is known again"


async def test_losing_contact_makes_everything_dirty(started: Running) -> None:
    """Staleness comes without an event, and its end too; both are to be judged."""
    pods = PATHS[Evidence.PODS]
    started.server.fail_list[pods] = started.server.fail_watch[pods] = UnreachableError("down")
    started.server.send(pods, END)
    await until(lambda: not started.server.watching(pods))
    started.clock.seconds += STALE_AFTER + 1
    await until(lambda: started.all_dirty == 1)
    assert started.reason("a", Evidence.PODS) is GapReason.STALE
    started.server.fail_list.clear()
    started.server.fail_watch.clear()
    await until(lambda: started.all_dirty == 2)
    assert started.reason("a", Evidence.PODS) is None
    assert started.cache.settled, "what has begun to judge goes on"


async def test_without_the_right_to_namespaces_they_are_judged_with_a_gap(running: Running) -> None:
    """The name is known from the assessment; the labels are not."""
    running.server.fail_list[NAMESPACES] = ForbiddenError(403, "Forbidden", "no")
    running.start()
    await running.cache.wait_settled()
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
    """An AdminNetworkPolicy for one team's namespaces is evaluated there, and nowhere else."""
    started.install(ADMIN)
    subject = {"namespaces": {"matchLabels": {"team": "b"}}}
    policy = {"metadata": {"name": "p", "uid": "p"}, "spec": {"subject": subject}}
    started.server.put(ADMIN.path, policy)

    def reaching(namespace: str) -> list[str]:
        snapshot = started.cache.snapshot(namespace)
        return [each.meta.name for each in snapshot.admin_policies] if snapshot else []

    await until(lambda: reaching("b") == ["p"])
    assert reaching("a") == []
    assert started.reason("b", Evidence.POLICY_ENGINES) is None


def letting_in(team: str) -> dict[str, Any]:
    """A NetworkPolicy of `a` that names the pods of app x in a team's namespaces."""
    peer = {
        "namespaceSelector": {"matchLabels": {"team": team}},
        "podSelector": {"matchLabels": {"app": "x"}},
    }
    spec = {"podSelector": {}, "ingress": [{"from": [peer]}]}
    return {"metadata": {"name": "p", "namespace": "a", "uid": "p"}, "spec": spec}


def pod_of(app: str, name: str) -> dict[str, Any]:
    """A pod of `b`."""
    metadata = {"name": name, "namespace": "b", "uid": name, "labels": {"app": app}}
    return {"metadata": metadata, "spec": {"containers": [{"name": "c"}]}}


async def test_nothing_is_told_of_whom_policies_mean_elsewhere(started: Running) -> None:
    """Whoever writes a policy would learn by it who has which labels; nor is anybody woken up."""
    started.server.put("/apis/networking.k8s.io/v1/networkpolicies", letting_in("b"))
    await until(lambda: started.dirty == ["a"])
    started.server.put("/api/v1/pods", pod_of("x", "meant"))
    await until(lambda: started.dirty == ["a", "b"])
    snapshot = started.cache.snapshot("a")
    assert snapshot is not None
    assert snapshot.network_policies
    assert snapshot.peer_reach == {}


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
    await running.answering()
    await until(lambda: running.cache.snapshot("a") is not None)
    assert running.reason("a", Evidence.POLICY_ENGINES) is GapReason.STALE
    assert not await running.settles()
    running.clock.seconds += SETTLING
    await running.cache.wait_settled()
    assert running.reason("a", Evidence.POLICY_ENGINES) is GapReason.STALE


async def test_an_engine_whose_api_is_down_holds_up_nothing_else(running: Running) -> None:
    """An aggregated API answers 503: a gap that names it, beside engines that are known."""
    running.server.apis["/apis/projectcalico.org/v3"] = ["networkpolicies"]
    running.server.fail_list["/apis/projectcalico.org/v3"] = ApiStatusError(503, "Unavailable", "")
    running.install(ADMIN)
    running.start()
    await running.answering()
    running.clock.seconds += SETTLING
    await running.cache.wait_settled()
    snapshot = running.cache.snapshot("a")
    assert snapshot is not None
    assert set(snapshot.gaps) == {Evidence.POLICY_ENGINES}
    detail = snapshot.gaps[Evidence.POLICY_ENGINES].detail
    assert detail == "projectcalico.org: not told whether it is served, 503 Unavailable"
    assert running.server.watching(ADMIN.path)
    running.server.fail_list.clear()
    await until(lambda: running.reason("a", Evidence.POLICY_ENGINES) is None)


@pytest.mark.parametrize(
    ("api_version", "plural", "reason"),
    [
        ("policy.networking.k8s.io/v1", "clusternetworkpolicies", GapReason.NOT_EVALUATED),
        ("policy.networking.k8s.io/v1beta1", "clusternetworkpolicies", GapReason.NOT_EVALUATED),
        ("policy.networking.k8s.io/v1alpha2", "adminnetworkpolicies", GapReason.NOT_EVALUATED),
        ("policy.networking.k8s.io/v1alpha2", "clusternetworkpolicies", None),
        ("cilium.io/v3", "ciliumnetworkpolicies", None),
        ("crd.antrea.io/v1beta1", "networkpolicies", None),
        ("crd.antrea.io/v1", "clusternetworkpolicies", None),
    ],
)
async def test_an_engine_is_found_in_whatever_version(
    started: Running, api_version: str, plural: str, reason: GapReason | None
) -> None:
    """One whose fields nobody knows is a gap; where only its metadata matters it is read."""
    path = f"/apis/{api_version}/{plural}"
    started.server.apis[f"/apis/{api_version}"] = [plural]
    if reason:
        await until(lambda: started.reason("a", Evidence.POLICY_ENGINES) is reason)
        assert not started.server.watching(path)
        return
    await until(lambda: started.server.watching(path))
    assert started.reason("a", Evidence.POLICY_ENGINES) is None
    started.server.put(path, {"metadata": {"name": "p", "namespace": "a", "uid": "p"}})
    await until(lambda: started.reason("a", Evidence.POLICY_ENGINES) is GapReason.NOT_EVALUATED)


async def test_the_known_one_of_several_versions_is_read(started: Running) -> None:
    """And another one takes over without a moment in which its policies are not known."""
    known, other = ADMIN.path, ADMIN.path.replace("v1alpha1", "v9")
    started.install(ADMIN)
    started.server.apis[other.rpartition("/")[0]] = [ADMIN.plural]
    await until(lambda: started.server.watching(known))
    assert not started.server.watching(other)
    v2, v3 = CILIUM.path, CILIUM.path.replace("v2", "v3")
    policy = {"metadata": {"name": "p", "namespace": "a", "uid": "p"}}
    started.server.put(v2, dict(policy))
    started.install(CILIUM)
    await until(lambda: started.reason("a", Evidence.POLICY_ENGINES) is not None)
    held = started.server.hold_list[v3] = asyncio.Event()
    started.server.put(v3, dict(policy))
    started.server.apis[v3.rpartition("/")[0]] = started.server.apis.pop(v2.rpartition("/")[0])
    for _ in range(20):
        await asyncio.sleep(0.005)
        assert started.reason("a", Evidence.POLICY_ENGINES) is GapReason.NOT_EVALUATED
    held.set()
    await until(lambda: started.server.watching(v3))
    await until(lambda: not started.server.watching(v2))
    assert started.reason("a", Evidence.POLICY_ENGINES) is GapReason.NOT_EVALUATED


async def test_a_new_engine_is_judged_once_it_is_read(started: Running) -> None:
    """Not as unknown for the moment that its list takes."""
    held = started.server.hold_list[CILIUM.path] = asyncio.Event()
    started.install(CILIUM)
    await until(lambda: any(i.kind == CILIUM for i in started.cache.informers))
    await asyncio.sleep(0.02)
    assert started.reason("a", Evidence.POLICY_ENGINES) is None
    dirty = started.all_dirty
    held.set()
    await until(lambda: started.all_dirty > dirty)


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
    broken = next(i for i in running.cache.informers if i.kind.path == ACCOUNTS)
    original, failures = broken._take_in, [RuntimeError("a bug")]

    def take_in(listing: Any) -> None:
        if failures:
            raise failures.pop()
        original(listing)

    monkeypatch.setattr(broken, "_take_in", take_in)
    running.start()
    await running.cache.wait_settled()
    assert broken.stats.crashes == 1
    assert running.reason("a", Evidence.SERVICE_ACCOUNTS) is None


async def test_a_bug_that_stays_is_a_kind_that_fails(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It holds up nothing for long, and what depends on it is Unknown and says why."""
    broken = next(i for i in running.cache.informers if i.kind.path == ACCOUNTS)
    monkeypatch.setattr(broken, "_take_in", _bug)
    running.start()
    await running.answering()
    assert not await running.settles()
    assert broken.failing
    assert running.cache.unsettled_for == 0
    running.clock.seconds += SETTLING - 1
    assert running.cache.unsettled_for == SETTLING - 1
    running.clock.seconds += 1
    await running.cache.wait_settled()
    assert running.cache.unsettled_for == 0
    assert running.reason("a", Evidence.SERVICE_ACCOUNTS) is GapReason.STALE


async def test_a_bug_over_a_new_engine_is_no_absence(
    started: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody knows what its policies say."""
    monkeypatch.setattr("assessor.adapters.informer.Informer._take_in", _bug)
    started.install(CILIUM)
    await until(lambda: started.reason("a", Evidence.POLICY_ENGINES) is GapReason.STALE)
    assert started.all_dirty > 0


def _bug(*_: object) -> None:
    raise RuntimeError("a bug")


async def test_a_bug_loses_no_change(running: Running) -> None:
    """What was taken into the store and not told is judged all the same."""
    failures: list[Exception] = []

    def dirty(_: Collection[str]) -> None:
        if failures:
            raise failures.pop()

    running.cache._on_dirty = dirty
    running.start()
    await running.cache.wait_settled()
    failures.append(RuntimeError("a bug"))
    running.all_dirty = 0
    running.server.put(ACCOUNTS, account("two", "b"))
    await until(lambda: running.all_dirty == 1)
    assert failures == []


async def test_a_bug_leaves_the_index_of_roles_whole(
    started: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is built anew from what is stored."""
    original, failures = RbacIndex.take, [RuntimeError("a bug")]

    def take(index: RbacIndex, change: Change) -> frozenset[str]:
        if failures:
            raise failures.pop()
        return original(index, change)

    monkeypatch.setattr(RbacIndex, "take", take)
    subject = {"kind": "ServiceAccount", "name": "one", "namespace": "a"}
    role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view"}
    binding = {"metadata": {"name": "x", "uid": "x"}, "roleRef": role, "subjects": [subject]}
    started.server.put(PATHS[Evidence.CLUSTER_ROLE_BINDINGS], binding)

    def names() -> list[str]:
        snapshot = started.cache.snapshot("a")
        return [b.binding.meta.name for b in snapshot.cluster_role_bindings] if snapshot else []

    await until(lambda: names() == ["x"])
    assert not failures
