"""Root controllers: the topmost built-in controller behind each pod.

A ReplicaSet of a Deployment, or a Job of a CronJob, is not judged on its own; a bare pod is its
own root. A controller of a custom kind above the root is remembered as the system it belongs to.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from msgspec import Struct

from assessor.inventory.meta import Labels, OwnerRef
from assessor.inventory.workloads import Pod, PodSpec, Workload
from assessor.kernel.refs import ObjectRef

BUILT_IN_CONTROLLERS: frozenset[tuple[str, str]] = frozenset(
    {
        ("", "ReplicationController"),
        ("apps", "Deployment"),
        ("apps", "ReplicaSet"),
        ("apps", "StatefulSet"),
        ("apps", "DaemonSet"),
        ("batch", "Job"),
        ("batch", "CronJob"),
    }
)
"""(group, kind) of the controllers that Kubernetes itself ships."""

Index = Mapping[ObjectRef, Workload]


class RootController(Struct, frozen=True):
    """What is judged: one root, its pod template, and its live pods.

    ``labels`` and ``spec`` are the template's (a bare pod's own). ``system`` is the custom owner
    above the root, None where there is none.
    """

    ref: ObjectRef
    labels: Labels
    spec: PodSpec
    pods: tuple[Pod, ...] = ()
    system: OwnerRef | None = None


def root_controllers(
    workloads: Iterable[Workload], pods: Iterable[Pod]
) -> tuple[RootController, ...]:
    """All roots of one namespace, sorted by reference.

    Finished pods and mirror pods are left out. A workload whose owner was not observed stands for
    itself, and so does a pod, under its owner's name: a caller that must not guess looks at the
    snapshot's gaps first.
    """
    index = {_ref(workload): workload for workload in workloads}
    live: dict[ObjectRef, list[Pod]] = defaultdict(list)
    for pod in pods:
        if not pod.finished and not pod.mirror:
            live[_root_of_pod(pod, index)].append(pod)
    roots = [
        _controller_root(ref, workload, live.pop(ref, []))
        for ref, workload in index.items()
        if _owner_ref(workload.meta.namespace, workload.meta.controller) not in index
    ]
    roots += [_pod_root(ref, members) for ref, members in live.items()]
    return tuple(sorted(roots, key=lambda root: root.ref))


def _ref(workload: Workload) -> ObjectRef:
    meta = workload.meta
    return ObjectRef(workload.group, workload.kind, meta.namespace, meta.name)


def _owner_ref(namespace: str, owner: OwnerRef | None) -> ObjectRef | None:
    """The owner as a reference where it is a built-in controller, else None."""
    if owner is None or (owner.group, owner.kind) not in BUILT_IN_CONTROLLERS:
        return None
    return ObjectRef(owner.group, owner.kind, namespace, owner.name)


def _root_of_pod(pod: Pod, index: Index) -> ObjectRef:
    own = ObjectRef("", "Pod", pod.meta.namespace, pod.meta.name)
    owner = _owner_ref(pod.meta.namespace, pod.meta.controller)
    return own if owner is None else _topmost(owner, index)


def _topmost(ref: ObjectRef, index: Index) -> ObjectRef:
    """Climb observed owners; ``seen`` ends the climb where owner references form a circle."""
    seen = {ref}
    while workload := index.get(ref):
        above = _owner_ref(ref.namespace, workload.meta.controller)
        if above is None or above not in index or above in seen:
            break
        seen.add(above)
        ref = above
    return ref


def _controller_root(ref: ObjectRef, workload: Workload, pods: list[Pod]) -> RootController:
    system = _custom(workload.meta.controller)
    return RootController(ref, workload.template_labels, workload.template, tuple(pods), system)


def _pod_root(ref: ObjectRef, pods: list[Pod]) -> RootController:
    first = pods[0]
    system = _custom(first.meta.controller)
    return RootController(ref, first.meta.labels, first.spec, tuple(pods), system)


def _custom(owner: OwnerRef | None) -> OwnerRef | None:
    if owner is None or (owner.group, owner.kind) in BUILT_IN_CONTROLLERS:
        return None
    return owner
