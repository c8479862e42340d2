"""The operator installed in one way or another, with the pods that its Deployment makes."""

from collections.abc import Iterator
from contextlib import contextmanager

from assessor.catalogue.checks import Subjects
from assessor.checks.loading import load
from playground import installation
from playground.controlplane import ControlPlane
from playground.operator_process import NAMESPACE, OperatorProcess
from tests.integration.kube import Json, Kube, eventually

ON_FILES = {Subjects.DOCKERFILES, Subjects.SOURCE_SECRETS}
"""What no cluster has."""

CONTROLS = {check.id: check.control for check in load() if check.over not in ON_FILES}
"""Of each check that judges something in a cluster."""

PODS = f"/api/v1/namespaces/{NAMESPACE}/pods"


@contextmanager
def installed(plane: ControlPlane, manifests: list[Json]) -> Iterator[Json]:
    """Apply, run the operator, assess its namespace; the status when it has judged its pods.

    No node runs pods here, so the operator is a process with the pods' service account.
    """
    kube = Kube(plane)
    plane.apply(manifests)
    (deployment,) = (each for each in manifests if each["kind"] == "Deployment")
    wanted = deployment["spec"]["replicas"]
    eventually(lambda: len(kube.call("GET", PODS)["items"]) == wanted, within=60)
    operator = OperatorProcess(plane)
    try:
        operator.start()
        plane.apply(installation.self_assessment())
        yield kube.judged(NAMESPACE, when=_with_workloads, within=60)
    finally:
        operator.kill()
        # The namespace and what is in it go last, so that nothing of one way is left to the next.
        plane.delete(manifests)
        gone = f"/api/v1/namespaces/{NAMESPACE}"
        eventually(lambda: kube.get(gone) is None, within=60)


def _with_workloads(status: Json) -> bool:
    return any(
        each["id"] == "WORKLOAD-01" and each["result"] != "NotApplicable"
        for each in status["controls"]
    )


def results(status: Json, *wanted: str) -> dict[str, str]:
    """The result and its reason of each automated control whose result is one of these."""
    automated = {each["id"]: each for each in status["controls"]}
    return {
        name: f"{automated[name]['result']} {automated[name]['reason']}"
        for name in sorted(set(CONTROLS.values()))
        if automated[name]["result"] in wanted
    }
