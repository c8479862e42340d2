"""Root controllers: the topmost built-in controller behind each pod.

A ReplicaSet of a Deployment, or a Job of a CronJob, is not judged on its own; a bare pod is its
own root. A controller of a custom kind above the root is remembered as the system it belongs to;
where it keeps ReplicaSets, one for each of its revisions, it is the root itself.
"""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from assessor.inventory.lineage import Lineage, is_built_in, owner_ref
from assessor.inventory.meta import Labels, OwnerRef
from assessor.inventory.workloads import Pod, PodSpec, Workload
from assessor.kernel.refs import ObjectRef


class RootController(Struct, frozen=True, dict=True):
    """What is judged: one root, its pod template, and its live pods.

    ``labels`` and ``spec`` are the template's (a bare pod's own; of a root that is not observed
    itself, those of what it made). ``system`` is the custom owner above the root or the custom
    root, None where there is none.
    """

    ref: ObjectRef
    labels: Labels
    spec: PodSpec
    pods: tuple[Pod, ...] = ()
    system: OwnerRef | None = None


class _Members(Struct):
    """What belongs to one root, itself included where it was observed."""

    workloads: list[Workload] = []
    pods: list[Pod] = []


def root_controllers(
    workloads: Iterable[Workload], pods: Iterable[Pod]
) -> tuple[RootController, ...]:
    """All roots of one namespace, sorted by reference.

    Finished pods, mirror pods and finished Jobs are left out; a Job whose pod still lives is not.
    A root that was not observed is known by what it made: a caller that must not guess looks at
    the snapshot's gaps first.
    """
    index = {_ref(workload): workload for workload in workloads}
    lineage = Lineage(index)
    members: dict[ObjectRef, _Members] = {}
    for ref, workload in index.items():
        if not workload.finished:
            members.setdefault(lineage.root_of(ref), _Members()).workloads.append(workload)
    for pod in pods:
        if not pod.finished and not pod.mirror:
            members.setdefault(lineage.root_of_pod(pod), _Members()).pods.append(pod)
    return tuple(_root(ref, index.get(ref), members[ref]) for ref in sorted(members))


def _ref(workload: Workload) -> ObjectRef:
    meta = workload.meta
    return ObjectRef(workload.group, workload.kind, meta.namespace, meta.name)


def _root(ref: ObjectRef, observed: Workload | None, members: _Members) -> RootController:
    pods = tuple(members.pods)
    shown = observed or _latest(members.workloads, pods)
    if shown is None:
        first = pods[0]
        system = _custom(first.meta.controller)
        return RootController(ref, first.meta.labels, first.spec, pods, system)
    system = _custom(shown.meta.controller)
    return RootController(ref, shown.template_labels, shown.template, pods, system)


def _latest(workloads: Sequence[Workload], pods: Sequence[Pod]) -> Workload | None:
    """What an unobserved root made and runs, else any of it: nothing tells which is the newest."""
    running = {
        owner_ref(pod.meta.namespace, pod.meta.controller) for pod in pods if pod.meta.controller
    }
    return max(workloads, key=lambda each: (_ref(each) in running, each.meta.name), default=None)


def _custom(owner: OwnerRef | None) -> OwnerRef | None:
    return None if owner is None or is_built_in(owner) else owner
