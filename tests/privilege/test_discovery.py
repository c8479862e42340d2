"""The one right that is not of ours: to ask what is served, which a cluster may have taken away."""

from collections.abc import Iterator

import pytest

from playground.operator_process import ACCOUNT, NAMESPACE
from tests.integration.kube import Json, condition, eventually
from tests.privilege.stage import Stage

BINDING = "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/system:discovery"
ON_OPTIONAL_KINDS = {"NET-01", "SECRET-03"}


@pytest.fixture
def undiscoverable(stage: Stage) -> Iterator[None]:
    """No account may ask what the API server serves."""
    shipped = stage.kube.call("GET", BINDING)
    token = stage.plane.service_account_token(NAMESPACE, ACCOUNT, 600)
    stage.kube.merge(BINDING, {"subjects": None})
    eventually(lambda: stage.plane.request("GET", "/apis", token=token)[0] == 403)
    yield
    stage.kube.merge(BINDING, {"subjects": shipped["subjects"]})
    eventually(lambda: stage.plane.request("GET", "/apis", token=token)[0] == 200)


@pytest.mark.usefixtures("undiscoverable")
def test_without_discovery(stage: Stage, full: dict[str, Json]) -> None:
    """What may be there and is not known leaves its controls Unknown; nothing else differs."""
    # For so long stored verdicts count more than what is not known yet.
    with stage.operator(flags=("--stale-after=12",)) as operator:
        eventually(lambda: all(map(_incomplete, stage.statuses().values())), within=90)
        stage.judged(operator)
        statuses, panel = stage.statuses(), stage.panel(operator)
    differing = {
        before["id"]
        for namespace, status in full.items()
        for before, after in zip(status["controls"], statuses[namespace]["controls"], strict=True)
        if (before["result"], before["reason"]) != (after["result"], after["reason"])
    }
    assert differing == ON_OPTIONAL_KINDS
    assert (panel.ready, panel.healthy, panel.unusable) == (True, True, frozenset())


def _incomplete(status: Json) -> bool:
    return bool(condition(status, "EvidenceComplete")["status"] == "False")
