"""Connections that go silent: nobody closes them, and nothing comes any more."""

import pytest

from tests.faults.conftest import FLAGS
from tests.faults.faults import Silence
from tests.faults.scene import Scene
from tests.integration.kube import condition

SILENCE = 4.0
"""Seconds; the default would take each test a minute and a half."""
STALE_AFTER = 20.0
"""Seconds; two silences and their pauses pass before a list makes contact again, also slowly."""
POLICIES = r"/networkpolicies\?"
OURS = r"/securityassessments\?"


@pytest.fixture
def flags() -> tuple[str, ...]:
    """An operator that soon takes a watch for dead."""
    return (*FLAGS, f"--watch-silence={SILENCE}", f"--stale-after={STALE_AFTER}")


def test_a_change_on_a_silent_watch_is_found(scene: Scene) -> None:
    """The deletion of a policy is the last thing that the watch would have brought."""
    with scene.proxy.inject(
        Silence(), verb="watch", path=POLICIES, about=scene.namespace, times=1
    ) as rule:
        scene.open_up()
        scene.net_becomes("Fail", within=4 * SILENCE)
    assert rule.hits
    scene.settles()


def test_an_assessment_on_a_silent_watch_is_judged(scene: Scene) -> None:
    """The watch of our own kind is taken for dead as well."""
    with scene.proxy.inject(Silence(), verb="watch", path=OURS, about="unseen", times=1) as rule:
        scene.kube.assess(scene.namespace, "unseen")
        scene.kube.judged(scene.namespace, "unseen", within=4 * SILENCE)
    assert rule.hits


def test_a_kind_that_stays_silent_is_no_evidence(scene: Scene) -> None:
    """Connections are accepted and never answered: Unknown and stale, then judged again."""
    with scene.proxy.inject(Silence(), path=POLICIES) as rule:
        scene.proxy.cut(POLICIES)
        scene.open_up()
        status = scene.net_becomes("Unknown", "Stale", within=3 * STALE_AFTER)
        ready = condition(status, "Ready")
        assert (ready["status"], ready["reason"]) == ("False", "EvidenceStale")
        assert "networkpolicies" in ready["message"]
        assert condition(status, "EvidenceComplete")["status"] == "False"
        assert condition(status, "Compliant")["status"] != "True"
    assert rule.hits
    # The client would give up a request without an answer only after a minute.
    scene.proxy.cut(POLICIES)
    scene.net_becomes("Fail")
    scene.settles()
