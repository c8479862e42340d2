"""An API server that refuses: overloaded, broken, forbidding, or no longer knowing the token."""

import itertools
import time

import pytest

from tests.faults.faults import Delay, Refuse
from tests.faults.scene import ERRORS, Scene
from tests.integration.kube import condition, eventually

POLICIES = r"/networkpolicies\?"
STATUS = r"/securityassessments/[^/]+/status"
OURS = r"/securityassessments\?"
OVERLOADED = "TooManyRequests"
FLAP = 1.5
"""Seconds: shorter than what makes evidence stale, and than what makes a refusal believed."""


SLOW = 0.5
"""Seconds."""


def closest(moments: list[float]) -> float:
    """The shortest time between two of them."""
    return min(later - sooner for sooner, later in itertools.pairwise(moments))


def test_retry_after_is_obeyed_by_lists(scene: Scene) -> None:
    """An informer that is told to wait for two seconds asks no sooner, and says what it met."""
    before = scene.errors("networkpolicies", "ThrottledError")
    storm = Refuse(429, OVERLOADED, retry_after=2)
    with scene.proxy.inject(storm, path=POLICIES, times=3) as rule:
        scene.proxy.cut(POLICIES)
        scene.open_up()
        scene.net_becomes("Fail")
    assert len(rule.hits) == 3
    assert closest(rule.hits) >= 2
    assert scene.errors("networkpolicies", "ThrottledError") == before + 3
    scene.settles()


def test_retry_after_is_obeyed_by_writes(scene: Scene) -> None:
    """A status write that is told to wait for two seconds is tried no sooner, and succeeds."""
    with scene.proxy.inject(
        Refuse(429, OVERLOADED, retry_after=2), verb="patch", path=STATUS, times=2
    ) as rule:
        scene.open_up()
        scene.net_becomes("Fail")
    assert len(rule.hits) == 2
    assert closest(rule.hits) >= 2
    scene.settles()


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(Refuse(429, OVERLOADED, retry_after=1), id="429"),
        pytest.param(Refuse(500, "InternalError"), id="500"),
        pytest.param(Refuse(503, "ServiceUnavailable"), id="503"),
        pytest.param(Refuse(401, "Unauthorized"), id="401"),
    ],
)
def test_a_storm_over_everything_passes(scene: Scene, fault: Refuse) -> None:
    """For three seconds every request is refused; all that happened meanwhile is judged after.

    That holds for a new assessment as well.
    """
    with scene.proxy.inject(fault) as rule:
        scene.proxy.cut()
        scene.open_up()
        scene.kube.assess(scene.namespace, "stormy")
        time.sleep(3)
    scene.net_becomes("Fail", within=45)
    scene.kube.judged(scene.namespace, "stormy", within=20)
    assert 20 < len(rule.hits) < 400
    scene.settles()


def test_a_kind_forbidden_for_a_moment_changes_nothing(scene: Scene) -> None:
    """An API server that has just started refuses everybody; no status is written for that."""
    before = scene.kube.assessment(scene.namespace)
    with scene.proxy.inject(Refuse(403, "Forbidden"), path=POLICIES) as rule:
        scene.proxy.cut(POLICIES)
        time.sleep(FLAP)
    assert rule.hits
    scene.open_up("absent")
    eventually(lambda: scene.usable("networkpolicies"))
    assert scene.kube.assessment(scene.namespace) == before
    scene.open_up()
    scene.net_becomes("Fail")


def test_a_kind_forbidden_for_good_is_unknown_until_it_is_allowed(scene: Scene) -> None:
    """403 comes and goes while the operator runs: Unknown and named, then judged again."""
    with scene.proxy.inject(Refuse(403, "Forbidden"), path=POLICIES):
        scene.proxy.cut(POLICIES)
        status = scene.net_becomes("Unknown", "Forbidden")
        evidence = condition(status, "EvidenceComplete")
        assert evidence["status"] == "False"
        assert "networkpolicies" in evidence["message"]
        assert condition(status, "Compliant")["status"] != "True"
        assert not scene.usable("networkpolicies")
        scene.open_up()
    status = scene.net_becomes("Fail", within=60)
    assert condition(status, "EvidenceComplete")["status"] == "True"
    scene.settles()
    told = {event["reason"] for event in scene.kube.events(scene.namespace)}
    assert {"EvidenceUnavailable", "EvidenceRestored"} <= told


def test_our_own_kind_is_forbidden_and_allowed_again(scene: Scene) -> None:
    """Nothing is judged while nobody tells what is asked for, which shows; then all goes on."""
    series = f'namespace="{scene.namespace}"'
    eventually(lambda: scene.operator.metric_sum("kube_assessor_coverage", series))
    with scene.proxy.inject(Refuse(403, "Forbidden"), path=OURS) as rule:
        scene.proxy.cut(OURS)
        eventually(lambda: not scene.operator.metric_sum("kube_assessor_coverage", series))
        assert not scene.usable("securityassessments")
        scene.open_up()
    assert rule.hits
    assert "/securityassessments" in scene.operator.log.read_text()
    scene.net_becomes("Fail", within=45)
    assert scene.usable("securityassessments")
    scene.settles()


def test_a_slow_api_server(scene: Scene) -> None:
    """Every request waits for its turn, lists, watches and writes: later is all that it is."""
    with scene.proxy.inject(Delay(SLOW)) as rule:
        scene.proxy.cut()
        scene.open_up()
        scene.net_becomes("Fail")
        scene.isolate()
        scene.net_becomes("Pass")
    assert rule.hits
    assert not scene.operator.metric_sum(ERRORS)
    scene.settles()
