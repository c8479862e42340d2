"""Watches that break in every way a network and a server know: what they hid is found all the same.

Each test lets a change happen while the fault holds, so that its event is what gets lost.
"""

import pytest

from tests.faults.faults import (
    Expire,
    Fault,
    Garble,
    Refuse,
    Reset,
    Rewrite,
    Truncate,
)
from tests.faults.scene import ERRORS, Scene
from tests.integration.kube import ASSESSMENTS, eventually

POLICIES = r"/networkpolicies\?"
OURS = r"/securityassessments\?"
RELISTS = "kube_assessor_informer_relists_total"
OUR_KIND = 'group="kube-assessor.dev",resource="securityassessments"'


def unknown_type(event_object: dict[str, object]) -> None:
    """An object without what every object has."""
    event_object.pop("metadata")


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        pytest.param(Truncate(), "UnreachableError", id="truncated"),
        pytest.param(Garble(), "RecordError", id="garbled"),
        pytest.param(Reset(), "UnreachableError", id="reset"),
        pytest.param(Expire(), "ExpiredError", id="expired"),
    ],
)
def test_an_event_that_a_broken_watch_swallows_is_found(
    scene: Scene, fault: Fault, error: str
) -> None:
    """The deletion of a policy comes broken: NET-01 fails all the same; the error is counted."""
    before = scene.errors("networkpolicies", error)
    with scene.proxy.inject(
        fault, verb="watch", path=POLICIES, about=scene.namespace, times=1
    ) as rule:
        scene.open_up()
        scene.net_becomes("Fail", within=15)
    assert rule.hits
    assert scene.errors("networkpolicies", error) > before
    scene.settles()
    scene.isolate()
    scene.net_becomes("Pass", within=5)


def test_an_expired_watch_answered_by_410_lists_anew(scene: Scene) -> None:
    """The server forgot the version while the connection was down: HTTP 410 instead of a stream."""
    before = scene.errors("networkpolicies", "ExpiredError")
    gone = Refuse(410, "Expired", message="too old resource version")
    with scene.proxy.inject(gone, verb="watch", path=POLICIES, times=1) as rule:
        scene.proxy.cut(POLICIES)
        scene.open_up()
        scene.net_becomes("Fail", within=15)
    assert rule.hits
    assert scene.errors("networkpolicies", "ExpiredError") > before
    scene.settles()


def test_an_object_without_metadata_is_no_evidence(scene: Scene) -> None:
    """An event names nothing: what it was about is unknown, so a new list decides."""
    with scene.proxy.inject(
        Rewrite(unknown_type), verb="watch", path=POLICIES, about=scene.namespace, times=1
    ) as rule:
        scene.open_up()
        scene.net_becomes("Fail", within=15)
    assert rule.hits
    scene.settles()


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(Truncate(), id="truncated"),
        pytest.param(Garble(), id="garbled"),
        pytest.param(Reset(), id="reset"),
        pytest.param(Expire(), id="expired"),
    ],
)
def test_an_assessment_whose_event_is_lost_is_judged(scene: Scene, fault: Fault) -> None:
    """The watch ends in the middle of it: what was lost is told again."""
    name = "unseen"
    with scene.proxy.inject(fault, verb="watch", path=OURS, about=name, times=1) as rule:
        scene.kube.assess(scene.namespace, name)
        scene.kube.judged(scene.namespace, name, within=15)
    assert rule.hits
    scene.kube.assess(scene.namespace, "seen")
    scene.kube.judged(scene.namespace, "seen", within=10)
    scene.settles()


def test_a_deletion_whose_event_is_lost_is_noticed(scene: Scene) -> None:
    """The DELETED event is garbled: its series go, by the list that follows."""
    relists = scene.operator.metric_sum(RELISTS, OUR_KIND)
    series = f'namespace="{scene.namespace}"'
    with scene.proxy.inject(
        Garble(), verb="watch", path=OURS, about=scene.namespace, times=1
    ) as rule:
        scene.kube.delete(f"{ASSESSMENTS.format(scene.namespace)}/baseline")
        eventually(lambda: not scene.operator.metric_sum("kube_assessor_coverage", series))
    assert rule.hits
    assert scene.operator.metric_sum(RELISTS, OUR_KIND) > relists


def test_every_watch_broken_at_once(scene: Scene) -> None:
    """All connections break, three times over, with a change each time: no error, no loss."""
    before = scene.operator.metric_sum(ERRORS)
    for change, result in (
        (scene.open_up, "Fail"),
        (scene.isolate, "Pass"),
        (scene.open_up, "Fail"),
    ):
        scene.proxy.cut()
        change()
        scene.net_becomes(result, within=15)
    assert scene.operator.metric_sum(ERRORS) == before
    scene.settles()
