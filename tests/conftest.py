"""What tests of several folders share: one control plane for a run, started when asked for."""

from collections.abc import Generator, Iterator

import pytest
from hypothesis import HealthCheck, settings

from playground.controlplane import ControlPlane
from tests.integration.kube import Kube, new_namespace
from tests.planes import prepared
from tests.stash import OPERATOR

# No test asserts elapsed time, an example of a property neither: other work may hold it up.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


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
def plane() -> Iterator[ControlPlane]:
    """The control plane, with the CRD and the operator's manifests applied."""
    with prepared() as running:
        yield running


@pytest.fixture
def kube(plane: ControlPlane) -> Kube:
    """The API server, as an administrator sees it, whatever the operator goes through."""
    return Kube(plane)


@pytest.fixture
def namespace(kube: Kube) -> Iterator[str]:
    """A new namespace with its default service account."""
    name = new_namespace(kube)
    yield name
    kube.delete(f"/api/v1/namespaces/{name}")
