"""Writes that are refused, lost, half done or fought over: the status is right in the end, once."""

import threading
import time

import pytest

from tests.faults.faults import Fault, Hold, HoldAnswer, LoseAnswer, Refuse, Reset
from tests.faults.scene import ERRORS, Scene
from tests.integration.kube import (
    ASSESSMENTS,
    Json,
    assessment,
    condition,
    eventually,
    new_namespace,
)

STATUS = r"/securityassessments/[^/]+/status"
OURS = r"/securityassessments\?"
EVENTS = r"/events"
WRITES = "kube_assessor_status_writes_total"
APPLY = "application/apply-patch+yaml"
FAR_FUTURE = "2099-01-01T00:00:00Z"
FIGHT = 4.0
"""Seconds."""


def failures_told(scene: Scene) -> list[Json]:
    """The Events that tell of NET-01's failure."""
    events = scene.kube.events(scene.namespace)
    return [e for e in events if e["reason"] == "ControlFailed" and "NET-01" in e["message"]]


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(Refuse(500, "InternalError"), id="500"),
        pytest.param(Refuse(409, "Conflict"), id="409"),
        pytest.param(Reset(), id="reset"),
        pytest.param(LoseAnswer(), id="answer-lost"),
    ],
)
@pytest.mark.parametrize("what", [STATUS, EVENTS], ids=["status", "event"])
def test_a_write_that_fails_is_done_once_in_the_end(scene: Scene, fault: Fault, what: str) -> None:
    """Whether the API server did it before or not: one status, one Event."""
    verb = "patch" if what is STATUS else "create"
    with scene.proxy.inject(fault, verb=verb, path=what, times=1) as rule:
        scene.open_up()
        scene.net_becomes("Fail")
        eventually(lambda: failures_told(scene))
    assert rule.hits
    scene.settles()
    assert len(failures_told(scene)) == 1


def test_writes_that_keep_failing_are_told_of_and_tried_again(scene: Scene) -> None:
    """All attempts of a write fail: an error is counted and logged, and the queue comes back."""
    with scene.proxy.inject(Refuse(500, "InternalError"), verb="patch", path=STATUS):
        scene.open_up()
        eventually(lambda: scene.operator.metric_sum(ERRORS, 'place="write"'))
    assert "assessment not written" in scene.operator.log.read_text()
    scene.net_becomes("Fail")
    scene.settles()


def test_a_status_that_is_not_found_for_a_moment(scene: Scene) -> None:
    """An API server that is starting knows of no assessment: none is forgotten, and it is told."""
    absent = Refuse(404, "NotFound")
    with scene.proxy.inject(absent, verb="patch", path=STATUS, times=1) as rule:
        scene.open_up()
        scene.net_becomes("Fail")
    assert rule.hits
    assert scene.operator.metric_sum(WRITES, 'outcome="gone"') == 1
    assert "assessment not found" in scene.operator.log.read_text()
    scene.settles()


def test_events_that_cannot_be_told_hold_up_no_status(scene: Scene) -> None:
    """In an outage they wait for its end; refused they are dropped, which is counted."""
    with scene.proxy.inject(Refuse(500, "InternalError"), path=EVENTS) as outage:
        scene.open_up()
        scene.net_becomes("Fail", within=5)
        eventually(lambda: outage.hits)
    eventually(lambda: failures_told(scene), what="the failure is told when it can be")
    assert not scene.operator.metric_sum(ERRORS, 'place="event"')
    with scene.proxy.inject(Refuse(403, "Forbidden"), path=EVENTS):
        scene.isolate("another")
        scene.net_becomes("Pass", within=5)
        eventually(lambda: scene.operator.metric_sum(ERRORS, 'place="event"'))
    scene.isolate()
    scene.net_becomes("Pass")
    scene.settles()


@pytest.mark.parametrize("kind", [Hold, HoldAnswer], ids=["before", "after"])
def test_killed_in_mid_write(scene: Scene, kind: type[Hold]) -> None:
    """A kill -9 while a status is on its way, or just stored: the next process goes on."""
    hold = kind()
    with scene.proxy.inject(hold, verb="patch", path=STATUS, times=1):
        scene.open_up()
        assert hold.reached.wait(10)
        scene.operator.kill()
        hold.release()
    scene.operator.start()
    scene.pid = scene.operator.pid
    scene.net_becomes("Fail")
    scene.settles()
    assert len(failures_told(scene)) <= 1


def test_an_assessment_made_anew_during_a_write(scene: Scene) -> None:
    """The status goes to another object of the name: that one is judged by its own spec."""
    path = f"{ASSESSMENTS.format(scene.namespace)}/baseline"
    hold = Hold()
    with scene.proxy.inject(hold, verb="patch", path=STATUS, times=1):
        scene.open_up()
        assert hold.reached.wait(10)
        scene.kube.delete(path)
        anew = assessment(failOn="Low", controls={"exclude": ["AUTHZ-*"]})
        scene.kube.call("POST", ASSESSMENTS.format(scene.namespace), anew)
        hold.release()
    scene.net_becomes("Fail")
    scene.settles()


def test_a_spec_that_changes_just_before_a_write(scene: Scene) -> None:
    """A verdict on the spec before is not stored over it: it waits for the event of the change."""
    path = f"{ASSESSMENTS.format(scene.namespace)}/baseline"
    late, before = HoldAnswer(), scene.status()
    with scene.proxy.inject(late, verb="watch", path=OURS, about=scene.namespace, times=1):
        scene.kube.merge(path, {"spec": {"failOn": "Low", "controls": {"exclude": ["AUTHZ-*"]}}})
        assert late.reached.wait(10)
        scene.open_up()
        eventually(lambda: scene.operator.metric_sum(WRITES, 'outcome="outdated"'))
        assert scene.status() == before
        late.release()
    scene.net_becomes("Fail")
    assert scene.status()["observedGeneration"] == 2
    assert not scene.operator.metric_sum(ERRORS)
    scene.settles()


def test_a_namespace_that_goes_during_a_write(scene: Scene) -> None:
    """Its assessment is gone when the write arrives: forgotten, and nobody else is held up."""
    doomed = new_namespace(scene.kube)
    hold = Hold()
    with scene.proxy.inject(hold, verb="patch", path=f"/{doomed}/.*/status", times=1):
        scene.kube.assess(doomed)
        assert hold.reached.wait(10)
        scene.kube.delete(f"/api/v1/namespaces/{doomed}")
        eventually(lambda: scene.kube.get(f"/api/v1/namespaces/{doomed}") is None)
        scene.open_up()
        scene.net_becomes("Fail", within=5)
        hold.release()
        eventually(lambda: scene.operator.metric_sum(WRITES, 'outcome="gone"'))
    assert not scene.operator.metric_sum("kube_assessor_coverage", f'namespace="{doomed}"')
    assert not scene.operator.metric_sum(ERRORS)
    scene.settles()


def test_a_manager_that_fights_over_the_status(scene: Scene) -> None:
    """Somebody else keeps writing verdicts: they are put right, and not in a hot loop."""
    path = f"{ASSESSMENTS.format(scene.namespace)}/baseline/status"
    lie = assessment() | {"status": scene.status() | {"score": 1, "findings": []}}
    writes = scene.operator.metric_sum(WRITES)
    ended = threading.Event()

    def fight() -> None:
        while not ended.wait(0.05):
            scene.kube.call(
                "PATCH", f"{path}?fieldManager=rival&force=true", lie, content_type=APPLY
            )

    rival = threading.Thread(target=fight)
    rival.start()
    time.sleep(FIGHT)
    ended.set()
    rival.join()
    assert 1 <= scene.operator.metric_sum(WRITES) - writes <= 2 * FIGHT
    scene.settles(within=10)
    scene.open_up()
    scene.net_becomes("Fail")
    scene.settles()


def test_a_status_of_the_future(scene: Scene) -> None:
    """A clock that was years ahead wrote it: the times are put right, and so is the heartbeat."""
    times = {"lastAssessedTime", "nextAssessmentTime", "lastChangeTime"}
    ahead = dict.fromkeys(times, FAR_FUTURE)
    path = f"{ASSESSMENTS.format(scene.namespace)}/baseline/status"
    scene.kube.merge(path, {"status": ahead})
    scene.operator.kill()
    scene.operator.start()
    scene.pid = scene.operator.pid
    status = eventually(lambda: _present(scene.status()))
    assert condition(status, "Ready")["status"] == "True"
    scene.settles()


def _present(status: Json) -> Json | None:
    """The status, as soon as no heartbeat of its is years away."""
    return status if status["nextAssessmentTime"] < FAR_FUTURE[:4] else None


@pytest.mark.parametrize("rest", ["conditions", "controls", "findings", "summary"])
def test_a_status_of_which_a_part_is_gone(scene: Scene, rest: str) -> None:
    """Another manager, or an older version, left it incomplete: it is written whole again."""
    path = f"{ASSESSMENTS.format(scene.namespace)}/baseline/status"
    scene.kube.merge(path, {"status": {rest: None}})
    scene.settles()
    assert not scene.operator.metric_sum(ERRORS)
