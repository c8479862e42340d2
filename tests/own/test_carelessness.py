"""That the operator's own namespace is Compliant says something: each carelessness is told."""

from collections.abc import Iterator

import pytest

from playground import installation
from playground.controlplane import ControlPlane
from playground.operator_process import NAMESPACE
from tests.integration.kube import Json, Kube, condition, control, summary
from tests.own.broken import CARELESS, Carelessness, replaceable
from tests.own.installed import CONTROLS, installed

NOTES_ALONE = {"WORKLOAD-12"}
"""Whether an event is audited is in no namespace: it is noted, and no failure."""


class Own:
    """The operator's namespace, whose manifests are changed under a running operator."""

    def __init__(self, plane: ControlPlane) -> None:
        """As it was installed."""
        self._plane, self._kube = plane, Kube(plane)
        self.shipped = replaceable(installation.operator())
        self._applied = self.shipped

    def becomes(self, manifests: list[Json]) -> None:
        """Apply these and nothing else."""
        kept = [_identity(each) for each in manifests]
        self._plane.delete(each for each in self._applied if _identity(each) not in kept)
        self._plane.apply(manifests)
        self._applied = manifests

    def told(self, found: frozenset[str]) -> Json:
        """The status, once exactly these checks have findings that count."""
        seen: list[Json] = []

        def tells(status: Json) -> bool:
            seen[:] = [status]
            return failing(status) == found

        try:
            return self._kube.judged(NAMESPACE, when=tells)
        except AssertionError:
            told = [failing(status) for status in seen]
            raise AssertionError(f"expected {set(found)}, seen {told}") from None


def _identity(manifest: Json) -> tuple[str, str]:
    return manifest["kind"], manifest["metadata"]["name"]


def failing(status: Json) -> frozenset[str]:
    """The checks that found more than a note."""
    return frozenset(
        each["check"] for each in status.get("findings", ()) if each["severity"] != "Info"
    )


@pytest.fixture(scope="module")
def own(plane: ControlPlane) -> Iterator[Own]:
    """The operator as it is shipped."""
    made = Own(plane)
    with installed(plane, made.shipped):
        yield made


@pytest.mark.parametrize("careless", CARELESS, ids=str)
def test_it_is_told(own: Own, careless: Carelessness) -> None:
    """Its controls fail, the namespace is not compliant, and nothing else is found."""
    own.becomes(careless.applied_to(own.shipped))
    status = own.told(careless.found)
    for check in careless.found:
        assert control(status, CONTROLS[check])["result"] == "Fail", check
    assert condition(status, "Compliant")["status"] == "False", summary(status)


def test_mended_it_is_compliant_again(own: Own) -> None:
    """Nothing is left of what was told."""
    own.becomes(own.shipped)
    status = own.told(frozenset())
    assert condition(status, "Compliant")["status"] == "True", summary(status)


def test_each_control_was_seen_to_fail() -> None:
    """One that no carelessness makes fail might pass without looking."""
    seen = {CONTROLS[check] for careless in CARELESS for check in careless.found}
    assert seen | NOTES_ALONE == set(CONTROLS.values())


def test_pod_security_keeps_careless_pods_out(plane: ControlPlane, own: Own) -> None:
    """The namespace's labels are enforced before anything is judged."""
    own.becomes(own.shipped)
    meta = {"name": "careless", "namespace": NAMESPACE}
    spec = {"containers": [{"name": "app", "image": "app:1.0"}]}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": spec}
    code, answer = plane.request("POST", f"/api/v1/namespaces/{NAMESPACE}/pods", pod)
    assert code == 403
    assert 'violates PodSecurity "restricted:latest"' in answer["message"]
