"""A control plane of their own for the faults, an operator behind the proxy, and namespaces."""

from collections.abc import Iterator

import pytest

from playground import installation
from playground.controlplane import ControlPlane
from playground.operator_process import OperatorProcess
from tests.faults.proxy import Proxy
from tests.faults.scene import Scene
from tests.integration.kube import Kube, eventually
from tests.planes import prepared
from tests.stash import OPERATOR

FLAGS = ("--stale-after=4", "--discovery-interval=1")
"""Evidence is stale soon, so that nobody waits."""


@pytest.fixture(scope="session")
def plane() -> Iterator[ControlPlane]:
    """A control plane that nothing but the faults disturb."""
    with prepared(installation.policy_engine_rights()) as running:
        yield running


@pytest.fixture(scope="session")
def proxy(plane: ControlPlane) -> Iterator[Proxy]:
    """The proxy that the operator takes for its API server."""
    known = plane.certificates
    with Proxy(plane.url, known.ca, known.server_certificate, known.server_key) as running:
        yield running


@pytest.fixture
def flags() -> tuple[str, ...]:
    """The operator's flags, which a module may replace."""
    return FLAGS


@pytest.fixture
def operator(
    plane: ControlPlane, proxy: Proxy, flags: tuple[str, ...], request: pytest.FixtureRequest
) -> Iterator[OperatorProcess]:
    """A new operator: how long an old one would wait depends on what it went through."""
    process = request.session.stash[OPERATOR] = OperatorProcess(plane, *flags, server=proxy.url)
    process.start()
    yield process
    process.kill()


@pytest.fixture
def scene(kube: Kube, namespace: str, proxy: Proxy, operator: OperatorProcess) -> Scene:
    """An isolated namespace whose NET-01 the operator has found to pass."""
    made = Scene(kube, namespace, proxy, operator)
    made.isolate()
    kube.assess(namespace)
    made.net_becomes("Pass")
    # The status is there a moment before its answer reaches the operator, which a fault may lose.
    series = f'namespace="{namespace}"'
    eventually(lambda: operator.metric_sum("kube_assessor_coverage", series), what="the answer")
    return made
