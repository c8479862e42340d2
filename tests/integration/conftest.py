"""One control plane and one operator for all integration tests of a run."""

import json
from collections.abc import Callable, Iterator

import pytest

from playground.controlplane import ControlPlane
from tests.integration.kube import Json, Kube, new_namespace
from tests.integration.operator_process import OperatorUnderTest
from tests.stash import OPERATOR


@pytest.fixture(scope="session")
def operator_process(
    plane: ControlPlane, request: pytest.FixtureRequest
) -> Iterator[OperatorUnderTest]:
    """The operator, which some tests stop and start."""
    process = request.session.stash[OPERATOR] = OperatorUnderTest(plane)
    yield process
    process.kill()


@pytest.fixture
def operator(operator_process: OperatorUnderTest) -> OperatorUnderTest:
    """The operator, running."""
    if not operator_process.alive:
        operator_process.start()
    return operator_process


@pytest.fixture(scope="session", autouse=True)
def heartbeat(plane: ControlPlane, operator_process: OperatorUnderTest) -> str:
    """A namespace that no test touches, with an assessment of the shortest interval."""
    kube = Kube(plane)
    operator_process.start()
    name = new_namespace(kube)
    kube.assess(name, interval="1m")
    return name


@pytest.fixture
def audit(plane: ControlPlane) -> Callable[[], list[Json]]:
    """Return what the API server has logged of all requests so far."""

    def events() -> list[Json]:
        with plane.audit_log.open(encoding="utf-8") as log:
            return [json.loads(line) for line in log]

    return events
