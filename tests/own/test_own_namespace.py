"""The operator's own namespace, as its manifests make it, assessed by the operator itself."""

from collections.abc import Iterator

import pytest

from assessor.catalogue.checks import Subjects
from assessor.checks.loading import load
from playground import installation
from playground.controlplane import ControlPlane
from tests.integration.kube import Json, condition
from tests.own.installed import installed

ON_FILES = {Subjects.DOCKERFILES, Subjects.SOURCE_SECRETS}
"""What no cluster has."""

WAYS = {
    "base": installation.operator(),
    "monitoring": installation.overlay("monitoring"),
    "metrics-auth": installation.overlay("metrics-auth"),
    "policy-engines": installation.overlay("policy-engines"),
    "secret-makers": installation.overlay("secret-makers"),
}


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
    """Pass or NotApplicable: no Fail, no Unknown, no waiver."""
    automated = {check.control for check in load() if check.over not in ON_FILES}
    results = {each["id"]: each for each in status["controls"] if each["id"] in automated}
    assert len(results) == len(automated)
    others = {
        name: (each["result"], each.get("reason"))
        for name, each in results.items()
        if each["result"] not in ("Pass", "NotApplicable")
    }
    assert others == {}, status.get("findings")
