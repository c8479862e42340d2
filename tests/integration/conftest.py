"""One control plane and one operator for all integration tests of a run."""

import json
import secrets
from collections.abc import Callable, Generator, Iterator

import pytest

from playground.controlplane import ControlPlane
from tests.integration.kube import Json, Kube, eventually
from tests.integration.operator_process import OperatorUnderTest

OPERATOR = pytest.StashKey[OperatorUnderTest]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What disturbs every namespace runs first, and what looks back on all the others last."""
    markers = {"first": -1, "last": 1}
    items.sort(key=lambda item: sum(markers.get(mark.name, 0) for mark in item.iter_markers()))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show with each failure what the operator logged last."""
    report = yield
    operator = item.session.stash.get(OPERATOR, None)
    if report.failed and operator is not None:
        report.sections.append(("the operator's last lines", operator.last_words()))
    return report


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


@pytest.fixture
def kube(plane: ControlPlane) -> Kube:
    """The API server, as an administrator."""
    return Kube(plane)


@pytest.fixture(scope="session", autouse=True)
def heartbeat(plane: ControlPlane, operator_process: OperatorUnderTest) -> str:
    """A namespace that no test touches, with an assessment of the shortest interval."""
    kube = Kube(plane)
    operator_process.start()
    name = new_namespace(kube)
    kube.assess(name, interval="1m")
    return name


def new_namespace(kube: Kube) -> str:
    """Make a namespace with its default service account; return its name."""
    name = f"test-{secrets.token_hex(4)}"
    made = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
    kube.call("POST", "/api/v1/namespaces", made)
    eventually(lambda: kube.get(f"/api/v1/namespaces/{name}/serviceaccounts/default"))
    return name


@pytest.fixture
def namespace(kube: Kube) -> Iterator[str]:
    """A new namespace with its default service account."""
    name = new_namespace(kube)
    yield name
    kube.delete(f"/api/v1/namespaces/{name}")


@pytest.fixture
def audit(plane: ControlPlane) -> Callable[[], list[Json]]:
    """Return what the API server has logged of all requests so far."""

    def events() -> list[Json]:
        with plane.audit_log.open(encoding="utf-8") as log:
            return [json.loads(line) for line in log]

    return events
