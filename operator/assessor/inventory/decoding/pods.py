"""Pods."""

from msgspec import field

from assessor.inventory.decoding.interning import Interner
from assessor.inventory.decoding.pod_specs import WirePodSpec, project_pod_spec
from assessor.inventory.decoding.wire import Wire, WireMeta, project_meta
from assessor.inventory.kinds import ObservedKind
from assessor.inventory.workloads import Pod

MIRROR = "kubernetes.io/config.mirror"


class WireStatus(Wire):
    """status."""

    phase: str | None = None


class WirePodMeta(WireMeta):
    """metadata of a pod, whose annotations bear on how it runs."""

    annotations: dict[str, str] | None = None


class WirePod(Wire):
    """A v1 Pod."""

    metadata: WirePodMeta
    spec: WirePodSpec
    status: WireStatus = field(default_factory=WireStatus)


def project_pod(wire: WirePod, kind: ObservedKind, interner: Interner) -> Pod:
    """The view of a pod; a mirror pod says so by an annotation of the kubelet."""
    annotations = wire.metadata.annotations or {}
    return Pod(
        project_meta(wire.metadata, kind, interner),
        project_pod_spec(wire.spec, annotations, interner, admitted=True),
        interner.share(wire.status.phase or "Pending"),
        MIRROR in annotations,
    )
