"""WORKLOAD-09: containers that may take all of their node's CPU or memory."""

from collections.abc import Callable, Iterable, Iterator

from assessor.analysis.sites import Site
from assessor.catalogue.checks import CheckFunction, Problem, Subjects, check
from assessor.catalogue.pod_checks import each_container
from assessor.inventory.containers import Container, ContainerKind
from assessor.inventory.kinds import WORKLOAD_EVIDENCE
from assessor.inventory.ownership import RootController
from assessor.inventory.snapshot import Snapshot
from assessor.inventory.workloads import PodSpec
from assessor.kernel.severity import Severity

Limited = Callable[[Container | PodSpec], bool]


def _cpu(of: Container | PodSpec) -> bool:
    return of.cpu_limited


def _memory(of: Container | PodSpec) -> bool:
    return of.memory_limited


def _unlimited(limited: Limited, resource: str) -> CheckFunction:
    """Containers without a limit of ``resource``, their own or the pod's as a whole."""

    @each_container
    def judge(container: Container, site: Site) -> Iterator[Problem]:
        bounded = limited(container) or limited(site.spec)
        if not bounded and container.kind is not ContainerKind.EPHEMERAL:
            at = site.of(container, f"resources.limits.{resource}")
            yield Problem(f"has no {resource} limit", at=at)

    def run(root: RootController, snapshot: Snapshot) -> Iterator[Problem]:
        for problem in judge(root, snapshot):
            if not _limited_on_admission(root, problem.container, limited):
                yield problem

    return run


def _limited_on_admission(root: RootController, name: str, limited: Limited) -> bool:
    """Whether every pod that runs has the limit that its template lacks: a LimitRange's."""
    return bool(root.pods) and all(
        limited(pod.spec) or any(c.name == name and limited(c) for c in pod.spec.containers)
        for pod in root.pods
    )


_without_cpu_limit = _unlimited(_cpu, "cpu")
_without_memory_limit = _unlimited(_memory, "memory")


@check(
    "no-cpu-limit",
    control="WORKLOAD-09",
    severity=Severity.MEDIUM,
    over=Subjects.ROOTS,
    needs=WORKLOAD_EVIDENCE,
    remediation="""\
Set what it needs at most, or a LimitRange as the namespace's default:
resources: {limits: {cpu: 500m}}""",
)
def no_cpu_limit(root: RootController, snapshot: Snapshot) -> Iterable[Problem]:
    """The container may take all of its node's processors.

    A limit of zero is none. A limit of the pod as a whole counts for its containers, and so does
    what a LimitRange gave to all running pods. Ephemeral containers cannot have resources. Source:
    the Kubernetes documentation, "Resource Management for Pods and Containers".
    """
    return _without_cpu_limit(root, snapshot)


@check(
    "no-memory-limit",
    control="WORKLOAD-09",
    severity=Severity.MEDIUM,
    over=Subjects.ROOTS,
    needs=WORKLOAD_EVIDENCE,
    remediation="""\
Set what it needs at most, or a LimitRange as the namespace's default:
resources: {limits: {memory: 256Mi}}""",
)
def no_memory_limit(root: RootController, snapshot: Snapshot) -> Iterable[Problem]:
    """The container may take all of its node's memory, and others are then killed for it.

    A limit of zero is none. A limit of the pod as a whole counts for its containers, and so does
    what a LimitRange gave to all running pods. Ephemeral containers cannot have resources. Source:
    the Kubernetes documentation, "Resource Management for Pods and Containers".
    """
    return _without_memory_limit(root, snapshot)
