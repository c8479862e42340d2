"""Where a root's pod spec is judged: in its template, and in live pods that differ from it."""

from msgspec import Struct

from assessor.analysis.memo import once_per_root
from assessor.analysis.pod_paths import pod_annotation_path, pod_spec_path
from assessor.inventory.containers import Container
from assessor.inventory.ownership import RootController
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


@once_per_root
def sites(root: RootController) -> tuple[Site, ...]:
    """Its template, and the first pod by name of each spec that differs from it."""
    found = {root.spec: Site(root.ref, root.spec)}
    for pod in sorted(root.pods, key=lambda pod: pod.meta.name):
        if pod.spec not in found:
            ref = ObjectRef("", "Pod", pod.meta.namespace, pod.meta.name)
            found[pod.spec] = Site(ref, pod.spec, live=True)
    return tuple(found.values())
