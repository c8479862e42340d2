"""Where a root's pod spec is judged: in its template, and in live pods that differ from it."""

from collections.abc import Mapping

from msgspec import Struct

from assessor.analysis.memo import once_per_snapshot
from assessor.analysis.pod_paths import pod_annotation_path, pod_spec_path
from assessor.inventory.containers import Container
from assessor.inventory.ownership import RootController
from assessor.inventory.snapshot import Snapshot
from assessor.inventory.workloads import PodSpec
from assessor.kernel.refs import ObjectRef


class Site(Struct, frozen=True):
    """One pod spec and the object that holds it; ``live`` where that is not the root itself."""

    ref: ObjectRef
    spec: PodSpec
    live: bool = False

    def path(self, field: str) -> str:
        """The path of a field of the pod's spec."""
        return pod_spec_path(self.ref, field)

    def of(self, container: Container, field: str = "") -> str:
        """The path of a container, or of a field of it."""
        place = f"{container.kind.list_name}[{container.index}]"
        return self.path(f"{place}.{field}" if field else place)

    def annotation(self, key: str) -> str:
        """The path of an annotation of the pod."""
        return pod_annotation_path(self.ref, key)


@once_per_snapshot
def sites(snapshot: Snapshot) -> Mapping[ObjectRef, tuple[Site, ...]]:
    """Of each root: its template, and the first pod by name of each spec that differs from it."""
    return {root.ref: _sites(root) for root in snapshot.roots}


def _sites(root: RootController) -> tuple[Site, ...]:
    found = {root.spec: Site(root.ref, root.spec)}
    for pod in sorted(root.pods, key=lambda pod: pod.meta.name):
        if pod.spec not in found:
            ref = ObjectRef("", "Pod", pod.meta.namespace, pod.meta.name)
            found[pod.spec] = Site(ref, pod.spec, live=True)
    return tuple(found.values())
