"""Pods, the controllers that make them, and the accounts that they run as."""

from enum import StrEnum

from msgspec import Struct

from assessor.inventory.meta import Labels, Meta


class ContainerKind(StrEnum):
    """The list that a container stands in; a sidecar is an init container that keeps running."""

    REGULAR = "containers"
    INIT = "initContainers"
    SIDECAR = "sidecars"
    EPHEMERAL = "ephemeralContainers"


class ContainerPort(Struct, frozen=True):
    """A declared port: informative, except that NetworkPolicies resolve ``name``."""

    number: int
    protocol: str = "TCP"
    name: str = ""
    host_port: int = 0


class Container(Struct, frozen=True):
    """One container of any kind."""

    name: str
    kind: ContainerKind = ContainerKind.REGULAR
    ports: tuple[ContainerPort, ...] = ()


class PodSpec(Struct, frozen=True):
    """The facts of a pod's spec that a check reads; hashable, so that equal ones are shared.

    ``service_account`` is ``default`` where the field is absent, as the API server fills it.
    ``automount`` is the pod's own automountServiceAccountToken, None where absent.
    ``explicit_token`` says that the *author* projects a service-account token; the volume that
    the ServiceAccount admission plugin adds (``kube-api-access-…``) does not count.
    """

    containers: tuple[Container, ...] = ()
    service_account: str = "default"
    automount: bool | None = None
    explicit_token: bool = False
    host_network: bool = False


class Pod(Struct, frozen=True):
    """A pod. ``mirror`` marks a static pod's mirror, which the kubelet owns."""

    meta: Meta
    spec: PodSpec
    phase: str = "Pending"
    mirror: bool = False

    @property
    def finished(self) -> bool:
        """Whether it has Succeeded or Failed: it runs no more."""
        return self.phase in ("Succeeded", "Failed")


class Workload(Struct, frozen=True):
    """A built-in controller and the pod template that it stamps out.

    ``finished``: it is a Job that has completed or failed, and so stamps out no more.
    """

    group: str
    kind: str
    meta: Meta
    template_labels: Labels
    template: PodSpec
    finished: bool = False


class ServiceAccount(Struct, frozen=True):
    """A service account; ``automount`` is None where the field is absent (means true).

    ``cloud_identity`` is what an annotation makes its pods at the cloud provider, empty: nothing.
    """

    meta: Meta
    automount: bool | None = None
    cloud_identity: str = ""


class Namespace(Struct, frozen=True):
    """A namespace; ``meta.labels`` always hold ``kubernetes.io/metadata.name``."""

    meta: Meta
