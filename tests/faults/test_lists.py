"""Lists that end too early, in the wrong shape or not at all: never the whole of what there is."""

import pytest

from tests.faults.faults import Fault, Garble, Refuse, Rewrite, SmallPages, Truncate
from tests.faults.scene import Scene
from tests.integration.kube import ASSESSMENTS, Json, condition, eventually, network_policy
from tests.integration.kube import POLICIES as IN_NAMESPACE

POLICIES = r"/networkpolicies\?"
OURS = r"/securityassessments\?"
GONE = Refuse(410, "Expired", message="The provided continue parameter is too old")
RELISTS = "kube_assessor_informer_relists_total"
PLACE = 'group="networking.k8s.io",resource="networkpolicies"'


class Replace(Fault):
    """Answer with success, and with something else."""

    def __init__(self, body: bytes) -> None:
        """``body`` is sent as it is."""
        self._body = body

    async def deliver(self, data: bytes, out: object) -> None:
        """Send it instead."""
        del data
        await super().deliver(self._body, out)  # type: ignore[arg-type]


def without_name(item: Json) -> None:
    """Make it an object that cannot be told from others."""
    item["metadata"].pop("name")


def test_a_continue_token_that_expires(scene: Scene) -> None:
    """410 in the middle of a paged list: it is listed in one piece instead, deletions included."""
    for name in ("a", "b"):
        scene.kube.call("POST", IN_NAMESPACE.format(scene.namespace), selective(name))
    relists = scene.operator.metric_sum(RELISTS, PLACE)
    with (
        scene.proxy.inject(SmallPages(1), path=POLICIES),
        scene.proxy.inject(GONE, verb="get", path=POLICIES + ".*continue=") as expired,
        scene.proxy.inject(GONE, verb="watch", path=POLICIES, times=1) as forgotten,
    ):
        scene.proxy.cut(POLICIES)
        scene.open_up()
        scene.net_becomes("Fail")
        eventually(lambda: scene.operator.metric_sum(RELISTS, PLACE) > relists)
    assert forgotten.hits
    assert expired.hits
    scene.settles()


def selective(name: str) -> Json:
    """A policy that isolates nobody but some pods."""
    return network_policy(name, podSelector={"matchLabels": {"app": name}})


def test_assessments_listed_in_pages_that_expire(scene: Scene) -> None:
    """410 in the middle of the list that finds what the watch missed: it is listed again."""
    for name in ("a", "b"):
        scene.kube.assess(scene.namespace, name)
        scene.kube.judged(scene.namespace, name)
    series = f'name="a",namespace="{scene.namespace}"'
    eventually(lambda: scene.operator.metric_sum("kube_assessor_coverage", series))
    with (
        scene.proxy.inject(SmallPages(1), verb="get", path=OURS),
        scene.proxy.inject(
            GONE, verb="get", path="securityassessments.*continue=", times=1
        ) as rule,
        scene.proxy.inject(Garble(), verb="watch", path=OURS, about=scene.namespace, times=1),
    ):
        scene.kube.delete(f"{ASSESSMENTS.format(scene.namespace)}/a")
        eventually(lambda: not scene.operator.metric_sum("kube_assessor_coverage", series))
    assert rule.hits
    assert scene.operator.metric_sum("kube_assessor_coverage", f'namespace="{scene.namespace}"')


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(Truncate(), id="truncated"),
        pytest.param(Garble(), id="garbled"),
        pytest.param(Replace(b""), id="empty"),
        pytest.param(Replace(b"<html>Sign in to continue</html>"), id="a-page-for-people"),
        pytest.param(Replace(b'{"items": []}'), id="without-a-version"),
        pytest.param(Replace(b'{"metadata": {"resourceVersion": "1"}, "items": {}}'), id="no-list"),
        pytest.param(Rewrite(without_name), id="nameless-objects"),
    ],
)
def test_a_broken_list_is_no_evidence(scene: Scene, fault: Fault) -> None:
    """While no list comes whole, nothing fails and nothing passes for it: Unknown, then judged."""
    with (
        scene.proxy.inject(GONE, verb="watch", path=POLICIES, times=1),
        scene.proxy.inject(fault, verb="get", path=POLICIES) as rule,
    ):
        scene.proxy.cut(POLICIES)
        eventually(lambda: rule.hits)
        status = scene.net_becomes("Unknown")
        assert condition(status, "EvidenceComplete")["status"] == "False"
        assert condition(status, "Compliant")["status"] != "True"
    scene.net_becomes("Pass")
    scene.settles()
    assert "ControlFailed" not in {event["reason"] for event in scene.kube.events(scene.namespace)}
