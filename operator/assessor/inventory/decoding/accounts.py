"""Namespaces and service accounts."""

from assessor.inventory.decoding.interning import Interner
from assessor.inventory.decoding.wire import Wire, WireMeta, project_meta
from assessor.inventory.kinds import ObservedKind
from assessor.inventory.workloads import Namespace, ServiceAccount


class WireNamespace(Wire):
    """A v1 Namespace."""

    metadata: WireMeta


class WireServiceAccount(Wire):
    """A v1 ServiceAccount."""

    metadata: WireMeta
    automount_service_account_token: bool | None = None


def project_namespace(wire: WireNamespace, kind: ObservedKind, interner: Interner) -> Namespace:
    """The view of a namespace."""
    return Namespace(project_meta(wire.metadata, kind, interner))


def project_service_account(
    wire: WireServiceAccount, kind: ObservedKind, interner: Interner
) -> ServiceAccount:
    """The view of a service account."""
    meta = project_meta(wire.metadata, kind, interner)
    annotations = wire.metadata.annotations
    cloud = annotations.cloud_identity if annotations else ""
    return ServiceAccount(meta, wire.automount_service_account_token, cloud)
