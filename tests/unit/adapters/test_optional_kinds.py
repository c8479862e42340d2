"""What the API server serves is believed when it is sure, and asked for no more than is needed."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from structlog.testing import capture_logs

from assessor.adapters.optional_kinds import OptionalKinds
from assessor.inventory.kinds import Evidence
from assessor.inventory.snapshot import GapReason
from assessor.kernel.errors import ApiStatusError
from tests.unit.adapters.cluster_server import until
from tests.unit.adapters.test_cluster_cache import CILIUM, QUICK, Running

POLICY = {"metadata": {"name": "p", "namespace": "a", "uid": "p"}}
CILIUM_GROUP = f"/apis/{CILIUM.group}"
CALICO = "/apis/projectcalico.org"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is tried again is so at once."""
    monkeypatch.setattr("assessor.adapters.supervising.RESTART_DELAY", (0.001, 0.002))
    monkeypatch.setattr("assessor.adapters.optional_kinds.RETRY_DELAY", 0.001)
    monkeypatch.setattr("assessor.adapters.cluster_cache.INFORMER_SETTINGS", QUICK)


@pytest.fixture
async def running() -> AsyncIterator[Running]:
    """A cache, not started, over a cluster with Cilium and a policy of it."""
    made = Running()
    made.install(CILIUM)
    made.server.put(CILIUM.path, {"metadata": dict(POLICY["metadata"])})
    yield made
    await made.stop()


def optional(running: Running) -> OptionalKinds:
    """The part that looks."""
    return running.cache._optional


async def looks(running: Running, count: int) -> None:
    """Wait until Cilium's group was asked for so often once more."""
    asked = [path for path in running.server.discoveries if path in (CILIUM_GROUP, "/apis")]
    until_then = len(asked) + count

    def done() -> bool:
        paths = running.server.discoveries
        return sum(path in (CILIUM_GROUP, "/apis") for path in paths) >= until_then

    await until(done)


def engines(running: Running) -> GapReason | None:
    """Why NET-01 has no evidence of other engines."""
    return running.reason("a", Evidence.POLICY_ENGINES)


async def test_a_list_of_groups_that_is_not_whole_hides_no_engine(running: Running) -> None:
    """An API server that has just started lists one group and has twenty."""
    running.server.unlisted = True
    running.start()
    await running.cache.wait_settled()
    await until(lambda: running.server.watching(CILIUM.path))
    assert engines(running) is GapReason.NOT_EVALUATED


@pytest.mark.parametrize("path", [CILIUM_GROUP, f"/apis/{CILIUM.api_version}"])
async def test_one_look_makes_no_engine_forgotten(running: Running, path: str) -> None:
    """While its watch is open, neither a group nor a version that is missed once is gone."""
    running.start()
    await until(lambda: running.server.watching(CILIUM.path))
    (informer,) = optional(running).informers
    running.server.absent_once = {path}
    for _ in range(4):
        await looks(running, 1)
        await asyncio.sleep(0)
        assert engines(running) is GapReason.NOT_EVALUATED
        assert tuple(optional(running).informers) == (informer,)


async def test_two_looks_that_agree_are_believed(running: Running) -> None:
    """An engine that was removed is forgotten."""
    running.start()
    await until(lambda: running.server.watching(CILIUM.path))
    running.server.apis.clear()
    await until(lambda: engines(running) is None)


async def test_an_unreadable_version_is_not_forgotten_after_one_look(running: Running) -> None:
    """What nobody can read is as much there as what can be read."""
    running.server.apis = {"/apis/policy.networking.k8s.io/v7": ["clusternetworkpolicies"]}
    running.start()
    await running.cache.wait_settled()
    assert engines(running) is GapReason.NOT_EVALUATED
    running.server.absent_once = {"/apis/policy.networking.k8s.io"}
    for _ in range(4):
        await looks(running, 1)
        await asyncio.sleep(0)
        assert engines(running) is GapReason.NOT_EVALUATED


async def test_a_group_that_hangs_holds_up_no_other(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has a few seconds of its own, while the others are found at once."""
    monkeypatch.setattr("assessor.adapters.discovery.GROUP_TIMEOUT", 0.02, raising=False)
    running.server.apis[f"{CALICO}/v3"] = ["networkpolicies"]
    running.server.hang = {f"{CALICO}/v3"}
    running.start()
    await until(lambda: running.server.watching(CILIUM.path), within=1)
    snapshot = running.cache.snapshot("a")
    assert snapshot is not None
    assert "projectcalico.org: not told" in snapshot.gaps[Evidence.POLICY_ENGINES].detail


async def test_while_a_group_is_silent_it_alone_is_asked(running: Running) -> None:
    """Less and less often, and told of once."""
    looker = optional(running)
    looker._interval = 30.0
    running.server.fail_list[CALICO] = ApiStatusError(503, "Unavailable", "")
    with capture_logs() as logs:
        running.start()
        await until(lambda: running.server.discoveries.count(CALICO) > 3)
    asked = running.server.discoveries
    assert asked.count(CILIUM_GROUP) == 1
    told = [each for each in logs if each["event"] == "optional kinds could not be looked for"]
    assert len(told) == 1
    running.server.fail_list.clear()
    await running.cache.wait_settled()


async def test_a_bug_in_a_look_ends_nothing(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is counted, and the next look is taken."""
    looker, crashes = optional(running), []
    looker._on_crash = lambda: crashes.append(1)
    original, failures = looker._take, [RuntimeError("a bug")]

    def take(*found: object) -> None:
        if failures:
            raise failures.pop()
        original(*found)  # type: ignore[arg-type] # as they came

    monkeypatch.setattr(looker, "_take", take)
    running.start()
    await running.cache.wait_settled()
    assert crashes == [1]
    await until(lambda: running.server.watching(CILIUM.path))
