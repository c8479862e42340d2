"""Lineage: which root each controller and each pod of a namespace belongs to.

Kinds are watched one by one, so a pod may be seen before the Job or ReplicaSet that made it, and
a ReplicaSet before its Deployment. An owner reference is believed all the same: the root has the
same name before its own event has come, and once it is deleted until its last pod has gone. What
an unseen owner's owner is can only be presumed, and is, where one that was seen fits: to count a
pod beside its own CronJob would be a false failure. Nothing is left out for want of its owner.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from assessor.inventory.meta import OwnerRef
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

REVISIONS: frozenset[tuple[str, str]] = frozenset(
    {("", "ReplicationController"), ("apps", "ReplicaSet")}
)
"""Kinds of which an owner, a custom one too, makes a new object for each of its revisions."""

PARENTS: Mapping[tuple[str, str], tuple[str, str]] = {
    ("apps", "ReplicaSet"): ("apps", "Deployment"),
    ("batch", "Job"): ("batch", "CronJob"),
}
"""Which built-in controller makes objects of a kind; their names begin with its own and a dash."""

Index = Mapping[ObjectRef, Workload]


class Lineage:
    """Asked of the workloads of one namespace, in whatever order they were seen."""

    def __init__(self, index: Index) -> None:
        """``index``: the workloads by reference."""
        self._index = index
        self._roots: dict[ObjectRef, ObjectRef] = {}
        for ref in index:
            self._climb(ref)
        self._named: dict[str, list[ObjectRef]] = defaultdict(list)
        for root in sorted(set(self._roots.values())):
            self._named[root.name].append(root)
        self._running: dict[PodSpec, list[ObjectRef]] = defaultdict(list)
        for ref, workload in index.items():
            if ref.kind == "CronJob":
                self._running[workload.template].append(self._roots[ref])

    def root_of(self, workload: ObjectRef) -> ObjectRef:
        """The topmost owner of a workload of the index, seen or not."""
        return self._roots[workload]

    def root_of_pod(self, pod: Pod) -> ObjectRef:
        """The topmost owner of a pod, seen or not; the pod itself where no built-in one made it."""
        owner = pod.meta.controller
        if owner is None or not is_built_in(owner):
            return ObjectRef("", "Pod", pod.meta.namespace, pod.meta.name)
        ref = owner_ref(pod.meta.namespace, owner)
        return self._roots.get(ref) or self._presumed(ref, pod.spec) or ref

    def _climb(self, ref: ObjectRef) -> None:
        """Follow owners to the top; of owners in a circle, the first by name is the top."""
        path: dict[ObjectRef, int] = {}
        at: ObjectRef | None = ref
        top = ref
        while at is not None:
            if at in self._roots:
                top = self._roots[at]
                break
            if at in path:
                top = min(list(path)[path[at] :])
                break
            path[at] = len(path)
            top, at = at, self._above(at)
        self._roots |= dict.fromkeys(path, top)

    def _above(self, ref: ObjectRef) -> ObjectRef | None:
        workload = self._index.get(ref)
        owner = workload.meta.controller if workload else None
        if owner and (is_built_in(owner) or (ref.group, ref.kind) in REVISIONS):
            return owner_ref(ref.namespace, owner)
        return None

    def _presumed(self, unseen: ObjectRef, spec: PodSpec) -> ObjectRef | None:
        """The root of an owner that was not seen, by its name or by what its pods run."""
        stem = unseen.name.rpartition("-")[0]
        named = (root for root in self._named.get(stem, ()) if _may_own(root, unseen))
        return next(named, None) or min(self._alike(unseen, spec), default=None)

    def _alike(self, unseen: ObjectRef, spec: PodSpec) -> Iterator[ObjectRef]:
        """CronJobs that run just what an unseen Job runs."""
        if (unseen.group, unseen.kind) == ("batch", "Job"):
            yield from self._running.get(spec, ())


def is_built_in(owner: OwnerRef) -> bool:
    """Whether Kubernetes itself ships the owner's controller."""
    return (owner.group, owner.kind) in BUILT_IN_CONTROLLERS


def owner_ref(namespace: str, owner: OwnerRef) -> ObjectRef:
    """The owner as a reference; an owner is of its dependent's namespace."""
    return ObjectRef(owner.group, owner.kind, namespace, owner.name)


def _may_own(root: ObjectRef, unseen: ObjectRef) -> bool:
    made, maker = (unseen.group, unseen.kind), (root.group, root.kind)
    custom = maker not in BUILT_IN_CONTROLLERS
    return maker == PARENTS.get(made) or (custom and made in REVISIONS)
