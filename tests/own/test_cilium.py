"""components/cilium, as far as an API server shows it: its form, and what the operator says then.

Nothing enforces policies here.
"""

import copy
from collections.abc import Iterator
from pathlib import Path

import pytest

from playground import installation, objects
from playground.controlplane import ControlPlane
from playground.errors import PlaygroundError
from tests.integration.kube import Json
from tests.own.broken import the
from tests.own.installed import installed, results

DEFINITION = objects.load(Path(__file__).with_name("cilium_crd.yaml"))
MANIFESTS = installation.with_components("cilium", "policy-engines")
POLICY = the(MANIFESTS, "CiliumNetworkPolicy", "kube-assessor-to-api-server")


@pytest.fixture(scope="module")
def status(plane: ControlPlane) -> Iterator[Json]:
    """The status of the shipped assessment where Cilium is."""
    plane.apply(DEFINITION)
    with installed(plane, MANIFESTS) as judged:
        yield judged


def test_only_the_network_is_unknown(status: Json) -> None:
    """By the policy that is found and not evaluated; all else is as without Cilium."""
    assert results(status, "Fail", "Unknown", "Waived", "Error") == {
        "NET-01": "Unknown NotEvaluated"
    }


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"toEntities": ["api-server"]}, "Unsupported value"),
        ({"toEntity": ["kube-apiserver"]}, "field not declared in schema"),
        ({"toPorts": [{"ports": [{"port": 443}]}]}, "expected string"),
    ],
)
def test_another_form_would_be_refused(
    plane: ControlPlane, status: Json, changed: Json, told: str
) -> None:
    """The schema can say no."""
    assert status
    policy = copy.deepcopy(POLICY)
    policy["spec"]["egress"] = [changed]
    with pytest.raises(PlaygroundError, match=told):
        plane.apply([policy])


def test_it_opens_no_more_ports_than_the_other_policy() -> None:
    """The API server's node has others."""
    ours = the(MANIFESTS, "NetworkPolicy")["spec"]["egress"][1]["ports"]
    (rule,) = POLICY["spec"]["egress"]
    (opened,) = rule["toPorts"]
    assert [(p["protocol"], int(p["port"])) for p in opened["ports"]] == [
        (p["protocol"], p["port"]) for p in ours
    ]
