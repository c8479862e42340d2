"""Pods, the controllers that make them, and the accounts that they run as."""

from msgspec import Struct

from assessor.inventory.containers import Container
from assessor.inventory.meta import Labels, Meta
from assessor.inventory.security import NO_POD_SECURITY, PodSecurity
from assessor.inventory.volumes import Volume

APP_ARMOR_PREFIX = "container.apparmor.security.beta.kubernetes.io/"
"""Legacy annotations name a container's AppArmor profile behind this."""


class PodSpec(Struct, frozen=True, gc=False, cache_hash=True):
    """The facts of a pod's spec that a check reads; hashable, so that equal ones are shared.

    ``service_account`` is ``default`` where the field is absent, as the API server fills it.
    ``automount`` is the pod's own automountServiceAccountToken, None where absent.
    ``explicit_token`` says that the *author* projects a service-account token; the volume that
    the ServiceAccount admission plugin adds (``kube-api-access-…``) does not count, and is not
    among ``volumes``. ``host_users`` is None where absent, which means true. ``os`` is os.name.
    ``cpu_limited`` and ``memory_limited`` tell of limits of the pod as a whole.
    ``app_armor_annotations`` are the legacy annotations' profiles by container.
    """

    containers: tuple[Container, ...] = ()
    service_account: str = "default"
    automount: bool | None = None
    explicit_token: bool = False
    host_network: bool = False
    host_pid: bool = False
    host_ipc: bool = False
    host_users: bool | None = None
    os: str = ""
    security: PodSecurity = NO_POD_SECURITY
    volumes: tuple[Volume, ...] = ()
    cpu_limited: bool = False
    memory_limited: bool = False
    pull_secrets: tuple[str, ...] = ()
    app_armor_annotations: tuple[tuple[str, str], ...] = ()

    @property
    def windows(self) -> bool:
        """Whether it says that it runs on Windows, where Linux's fields are refused."""
        return self.os == "windows"

    @property
    def user_namespace(self) -> bool:
        """Whether its users are not the node's: hostUsers is false."""
        return self.host_users is False


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
    """A built-in controller and the pod template that it stamps out."""

    group: str
    kind: str
    meta: Meta
    template_labels: Labels
    template: PodSpec


class ServiceAccount(Struct, frozen=True):
    """A service account; ``automount`` is None where the field is absent (means true).

    ``cloud_identity`` is what an annotation makes its pods at the cloud provider, empty: nothing.
    ``described`` tells that kubernetes.io/description says something.
    """

    meta: Meta
    automount: bool | None = None
    cloud_identity: str = ""
    described: bool = False


class Namespace(Struct, frozen=True):
    """A namespace; ``meta.labels`` always hold ``kubernetes.io/metadata.name``."""

    meta: Meta
