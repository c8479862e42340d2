"""The reverse: the audit log of a normal run shows every right in use, and no refusal."""

import re

import pytest

from tests.integration.kube import eventually
from tests.privilege.rights import SHIPPED, Right, rights
from tests.privilege.stage import WELL, Stage

GRANTED = tuple(rights(SHIPPED))
DISCOVERY = re.compile(r"/api(/v1)?|/apis(/[^/]+){0,2}")
"""What is served, in which version: the ClusterRole system:discovery lets every account ask."""


@pytest.fixture(scope="module")
def used(stage: Stage) -> set[tuple[str, str, str]]:
    """What one that leads and one that stands by got, while things happened twice."""
    with stage.operator(lease=False) as operator:
        stage.judged(operator)
        stage.forget_events()
        with stage.standby() as standby:
            stage.drift()
            stage.drift()
            eventually(lambda: 2 in stage.event_counts())
            eventually(lambda: standby.answers("/readyz"))
        for verb in ("watch", "patch"):
            # The one that stands by looks, the one that leads renews, both now and then.
            eventually(
                lambda verb=verb: ("coordination.k8s.io", "leases", verb) in stage.requests()
            )
        assert stage.panel(operator) == WELL
    return stage.requests()


@pytest.mark.parametrize("right", GRANTED, ids=str)
def test_it_is_used(used: set[tuple[str, str, str]], right: Right) -> None:
    """Whatever is granted and not used could be taken away."""
    assert right.action in used


def test_nothing_else_is_asked_for(used: set[tuple[str, str, str]]) -> None:
    """What succeeds without being granted comes by another role, and may be missing elsewhere."""
    assert used <= {right.action for right in GRANTED}


def test_of_urls_only_discovery_is_asked_for(stage: Stage, used: set[tuple[str, str, str]]) -> None:
    """No rule of ours grants any, so nothing else may be needed."""
    assert used
    asked = stage.urls()
    assert "/apis/apiextensions.k8s.io/v1" in asked, "not seen to ask: this proves nothing"
    assert [url for url in asked if not DISCOVERY.fullmatch(url)] == []
