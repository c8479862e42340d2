"""An operator, a tenant who means harm, and a neighbour who must not feel it."""

import time
from collections.abc import Iterator

import pytest

from playground import installation
from playground.controlplane import ControlPlane
from playground.operator_process import OperatorProcess
from tests.hostile.tenant import Tenant
from tests.integration.kube import (
    DENY_BOTH,
    POLICIES,
    Json,
    Kube,
    control,
    network_policy,
    new_namespace,
)
from tests.planes import prepared
from tests.stash import OPERATOR

ERRORS = "kube_assessor_errors_total"
CRASHES = "kube_assessor_informer_crashes_total"
BUGS = ("reconcile", "observe", "discovery")
"""Places of errors that nobody foresaw; writes may meet namespaces that go."""


@pytest.fixture(scope="session")
def plane() -> Iterator[ControlPlane]:
    """A control plane of their own: what tenants store would weigh on other tests."""
    with prepared(installation.policy_engine_rights()) as running:
        yield running


@pytest.fixture(scope="session")
def operator_process(
    plane: ControlPlane, request: pytest.FixtureRequest
) -> Iterator[OperatorProcess]:
    """One operator for all attacks, which none of them may stop."""
    process = request.session.stash[OPERATOR] = OperatorProcess(plane, "--discovery-interval=1")
    yield process
    process.kill()


@pytest.fixture
def operator(operator_process: OperatorProcess) -> Iterator[OperatorProcess]:
    """The operator, which must be the same process after the attack, without an error."""
    if not operator_process.alive:
        operator_process.start()
    pid, begun = operator_process.pid, time.monotonic()
    yield operator_process
    assert operator_process.alive
    assert operator_process.pid == pid or operator_process.started_at > begun
    assert operator_process.metric_sum(CRASHES) == 0
    for place in BUGS:
        assert operator_process.metric_sum(ERRORS, f'place="{place}"') == 0, place


@pytest.fixture
def tenant(kube: Kube, namespace: str, operator: OperatorProcess) -> Tenant:
    """The attacker."""
    del operator
    return Tenant(kube, namespace)


class Neighbour:
    """Another namespace, judged as if nothing had happened."""

    def __init__(self, kube: Kube) -> None:
        """Isolated, so that NET-01 passes there."""
        self.kube, self.namespace = kube, new_namespace(kube)
        self._policies = POLICIES.format(self.namespace)
        kube.call("POST", self._policies, network_policy("deny", **DENY_BOTH))
        kube.assess(self.namespace)
        self.sees("Pass")
        self._open = False

    def changes(self) -> str:
        """Change what decides NET-01; return the result that must come of it."""
        if self._open:
            self.kube.call("POST", self._policies, network_policy("deny", **DENY_BOTH))
        else:
            self.kube.delete(f"{self._policies}/deny")
        self._open = not self._open
        return "Fail" if self._open else "Pass"

    def sees(self, result: str, within: float = 60.0) -> None:
        """Wait until its status says so."""

        def says(status: Json) -> bool:
            return bool(control(status, "NET-01")["result"] == result)

        self.kube.judged(self.namespace, when=says, within=within, what=f"NET-01 {result}")

    def is_served(self) -> None:
        """A change is seen."""
        self.sees(self.changes())


@pytest.fixture
def neighbour(kube: Kube, operator: OperatorProcess) -> Iterator[Neighbour]:
    """Whom the tenant's attacks must not reach."""
    del operator
    made = Neighbour(kube)
    yield made
    kube.delete(f"/api/v1/namespaces/{made.namespace}")
