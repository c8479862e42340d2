"""Namespaces and service accounts."""

from msgspec import field

from assessor.inventory.decoding.interning import Interner
from assessor.inventory.decoding.wire import Wire, WireMeta, project_meta
from assessor.inventory.kinds import ObservedKind
from assessor.inventory.workloads import Namespace, ServiceAccount


class WireNamespace(Wire):
    """A v1 Namespace."""

    metadata: WireMeta


class WireAccountAnnotations(Wire):
    """The annotations that are read; the others, last-applied among them, are skipped."""

    aws_role: str = field(name="eks.amazonaws.com/role-arn", default="")
    google_account: str = field(name="iam.gke.io/gcp-service-account", default="")
    azure_client: str = field(name="azure.workload.identity/client-id", default="")
    description: str = field(name="kubernetes.io/description", default="")

    @property
    def cloud_identity(self) -> str:
        """The identity at a cloud provider that a service account is bound to, empty: none."""
        return self.aws_role or self.google_account or self.azure_client


class WireAccountMeta(WireMeta):
    """metadata of a service account."""

    annotations: WireAccountAnnotations | None = None


class WireServiceAccount(Wire):
    """A v1 ServiceAccount."""

    metadata: WireAccountMeta
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
    described = bool(annotations and annotations.description.strip())
    return ServiceAccount(meta, wire.automount_service_account_token, cloud, described)
