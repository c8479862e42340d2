"""An API server that is killed, away for a while, and comes back to a history it forgot."""

import time

import pytest

from tests.faults.faults import Reset
from tests.faults.scene import USABLE, Scene
from tests.integration.kube import ASSESSMENTS, eventually

AWAY = 6.0
"""Seconds: longer than it takes evidence to become stale here."""


@pytest.mark.parametrize("compacted", [False, True], ids=["same-history", "compacted"])
def test_an_api_server_that_is_away(scene: Scene, compacted: bool) -> None:  # noqa: FBT001
    """Meanwhile nothing is evidence, and the operator waits; then what it missed is judged.

    With etcd compacted no watch can go on where it ended.
    """
    plane = scene.kube.plane
    scene.kube.assess(scene.namespace, "doomed")
    scene.kube.judged(scene.namespace, "doomed")
    # The operator comes back only after all has happened.
    with scene.proxy.inject(Reset()):
        plane.stop_api_server()
        try:
            time.sleep(AWAY)
            assert scene.operator.alive
            assert scene.operator.metric_sum(USABLE) == 0
        finally:
            plane.start_api_server()
        scene.open_up()
        scene.kube.delete(f"{ASSESSMENTS.format(scene.namespace)}/doomed")
        if compacted:
            plane.compact()
    scene.net_becomes("Fail", within=45)
    series = f'name="doomed",namespace="{scene.namespace}"'
    eventually(lambda: not scene.operator.metric_sum("kube_assessor_coverage", series))
    scene.settles()
