"""A check that raises: its control is Error with a short reason, and nothing else is touched."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from playground.controlplane import ControlPlane
from playground.operator_process import OperatorProcess
from tests.faults.conftest import FLAGS
from tests.faults.fresh import timeless
from tests.faults.proxy import Proxy
from tests.faults.scene import Scene
from tests.integration.kube import condition, control, new_namespace
from tests.stash import OPERATOR

PROGRAM = Path(__file__).with_name("operator_with_a_bug.py")


@pytest.fixture
def operator(
    plane: ControlPlane, proxy: Proxy, request: pytest.FixtureRequest
) -> Iterator[OperatorProcess]:
    """An operator one of whose checks has a bug."""
    process = OperatorProcess(plane, *FLAGS, server=proxy.url, program=(sys.executable, PROGRAM))
    request.session.stash[OPERATOR] = process
    process.start()
    yield process
    process.kill()


def test_a_check_that_raises_is_its_control_s_error(scene: Scene) -> None:
    """Error names the check and the exception's type; all other verdicts stay as they were."""
    other = new_namespace(scene.kube)
    scene.kube.assess(other)
    scene.kube.judged(other)
    before, elsewhere = scene.status(), scene.kube.assessment(other)
    scene.isolate("raise")
    status = scene.net_becomes("Error")
    verdict = control(status, "NET-01")
    assert "has-a-bug" in verdict["message"]
    assert "ZeroDivisionError" in verdict["message"]
    assert len(verdict["message"]) < 200
    assert "private" not in str(status)
    assert condition(status, "Compliant")["status"] != "True"
    rest = [[c for c in s["controls"] if c["id"] != "NET-01"] for s in (before, status)]
    assert timeless(rest[0]) == timeless(rest[1])
    assert scene.kube.assessment(other) == elsewhere
    scene.open_up("raise")
    scene.net_becomes("Pass")
    scene.settles()
    scene.kube.delete(f"/api/v1/namespaces/{other}")
