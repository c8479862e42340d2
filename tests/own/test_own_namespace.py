"""The operator's own namespace, as its manifests make it, assessed by the operator itself."""

from collections.abc import Iterator

import pytest

from playground import installation
from playground.controlplane import ControlPlane
from tests.integration.kube import Json, condition
from tests.own.installed import installed, results

OVERLAYS = ("monitoring", "metrics-auth", "policy-engines", "secret-makers")
WAYS = {
    "base": installation.operator(),
    **{name: installation.overlay(name) for name in OVERLAYS},
    "all of them": installation.with_components(*OVERLAYS),
}
NOTHING_TO_JUDGE = {"WORKLOAD-12": "NotApplicable NoSubjects"}
"""All others have something to judge: none is well for want of it."""


@pytest.fixture(scope="module", params=WAYS, ids=str)
def status(plane: ControlPlane, request: pytest.FixtureRequest) -> Iterator[Json]:
    """The status of the shipped assessment, for one way to install the operator."""
    with installed(plane, WAYS[request.param]) as judged:
        yield judged


def test_it_is_compliant(status: Json) -> None:
    """With failOn Low: not the least finding stands against it."""
    assert condition(status, "Compliant")["status"] == "True", status["findings"]
    assert condition(status, "EvidenceComplete")["status"] == "True"
    assert status["score"] == 100


def test_each_automated_control_passes(status: Json) -> None:
    """Pass or NotApplicable: no Fail, no Unknown, no waiver, no error."""
    others = results(status, "Fail", "Unknown", "Waived", "Error")
    assert others == {}, status.get("findings")
    assert results(status, "NotApplicable") == NOTHING_TO_JUDGE
