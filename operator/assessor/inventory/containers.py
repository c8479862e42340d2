"""Containers of a pod, of all kinds."""

from enum import StrEnum

from msgspec import Struct

from assessor.inventory.security import NO_CONTAINER_SECURITY, ContainerSecurity


class ContainerKind(StrEnum):
    """The list that a container stands in; a sidecar is an init container that keeps running."""

    REGULAR = "containers"
    INIT = "initContainers"
    SIDECAR = "sidecars"
    EPHEMERAL = "ephemeralContainers"

    @property
    def list_name(self) -> str:
        """The name of the list's field in a pod's spec."""
        return "initContainers" if self is ContainerKind.SIDECAR else self.value


class ContainerPort(Struct, frozen=True, gc=False):
    """A declared port: informative, except that NetworkPolicies resolve ``name``."""

    number: int
    protocol: str = "TCP"
    name: str = ""
    host_port: int = 0


class Mount(Struct, frozen=True, gc=False):
    """Where a container sees a volume that comes from outside of the pod."""

    volume: str
    path: str
    read_only: bool = False


class Exposure(Struct, frozen=True, gc=False):
    """A literal that looks like a credential: its field, and what it looks like; never its value.

    ``field`` is the path below the object that holds it, ``name`` what the literal is called there
    (the variable's or the key's name).
    """

    field: str
    name: str
    looks_like: str


class Container(Struct, frozen=True, gc=False):
    """One container of any kind; ``index`` is its place in its list.

    ``cpu_limited`` and ``memory_limited`` tell of limits other than zero. ``probe_hosts`` are the
    fields of probes and lifecycle handlers that name a host. ``mounts`` are those of hostPath,
    Secret and token volumes. ``secrets`` are the names of the Secrets that its environment needs,
    optional ones left out.
    """

    name: str
    kind: ContainerKind = ContainerKind.REGULAR
    ports: tuple[ContainerPort, ...] = ()
    index: int = 0
    image: str = ""
    security: ContainerSecurity = NO_CONTAINER_SECURITY
    cpu_limited: bool = False
    memory_limited: bool = False
    probe_hosts: tuple[str, ...] = ()
    mounts: tuple[Mount, ...] = ()
    secrets: tuple[str, ...] = ()
    exposures: tuple[Exposure, ...] = ()
