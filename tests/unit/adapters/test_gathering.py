"""One look at everything: what cannot be seen is a gap there as well."""

from assessor.adapters.gathering import gather
from assessor.inventory.kinds import CORE_KINDS, Evidence
from assessor.inventory.snapshot import GapReason
from assessor.kernel.errors import ApiStatusError
from tests.unit.adapters.cluster_server import ClusterServer

NAMESPACES = next(kind.path for kind in CORE_KINDS if kind.evidence is Evidence.NAMESPACES)


async def gaps(server: ClusterServer) -> dict[Evidence, tuple[GapReason, str]]:
    """What is missing of a namespace's snapshot, and why."""
    server.put(NAMESPACES, {"metadata": {"name": "a", "uid": "a"}})
    snapshot = (await gather(server, None)).snapshot("a")
    return {evidence: (gap.reason, gap.detail) for evidence, gap in snapshot.gaps.items()}


async def test_an_engine_whose_api_is_down_is_a_gap() -> None:
    """It ends nothing, and is named."""
    server = ClusterServer()
    server.apis["/apis/projectcalico.org/v3"] = ["networkpolicies"]
    server.fail_list["/apis/projectcalico.org/v3"] = ApiStatusError(503, "Unavailable", "")
    assert await gaps(server) == {
        Evidence.POLICY_ENGINES: (GapReason.STALE, "projectcalico.org: 503 Unavailable")
    }


async def test_an_engine_in_a_version_that_nobody_knows_is_a_gap() -> None:
    """Its policies may select otherwise there; without engines there is none."""
    server = ClusterServer()
    assert await gaps(server) == {}
    server.apis["/apis/policy.networking.k8s.io/v7"] = ["clusternetworkpolicies"]
    (found,) = (await gaps(server)).items()
    assert found[0] is Evidence.POLICY_ENGINES
    assert found[1][0] is GapReason.NOT_EVALUATED
    assert "version v7" in found[1][1]
