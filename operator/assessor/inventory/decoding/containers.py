"""Containers of the three lists: image, ports, limits, probes, mounts and environment."""

import re
from collections.abc import Collection, Iterator

from msgspec import field

from assessor.inventory.containers import Container, ContainerKind, ContainerPort, Exposure, Mount
from assessor.inventory.decoding.credentials import in_arguments, in_environment
from assessor.inventory.decoding.interning import Interner
from assessor.inventory.decoding.security import WireContainerSecurity, project_container_security
from assessor.inventory.decoding.wire import Wire

_ZERO = re.compile(r"[+-]?0*\.?0*([eE][+-]?[0-9]+|[a-zA-Z]*)")
"""A quantity that limits nothing."""

Quantity = str | int | float


class WirePort(Wire):
    """containers[].ports[]."""

    container_port: int = 0
    protocol: str | None = None
    name: str | None = None
    host_port: int | None = None


class WireResources(Wire):
    """resources of a container or of a pod."""

    limits: dict[str, Quantity] | None = None


class WireTarget(Wire):
    """httpGet or tcpSocket of a probe or handler."""

    host: str | None = None


class WireHandler(Wire):
    """A probe or a lifecycle handler."""

    http_get: WireTarget | None = None
    tcp_socket: WireTarget | None = None


class WireLifecycle(Wire):
    """containers[].lifecycle."""

    post_start: WireHandler | None = None
    pre_stop: WireHandler | None = None


class WireMount(Wire):
    """containers[].volumeMounts[]."""

    name: str
    mount_path: str = ""
    read_only: bool | None = None


class WireReference(Wire):
    """A reference to a Secret by name."""

    name: str = ""
    optional: bool | None = None


class WireValueFrom(Wire):
    """env[].valueFrom."""

    secret_key_ref: WireReference | None = None


class WireVariable(Wire):
    """env[]."""

    name: str
    value: str | None = None
    value_from: WireValueFrom | None = None


class WireEnvironment(Wire):
    """envFrom[]."""

    secret_ref: WireReference | None = None


class WireContainer(Wire):
    """A container of any of the three lists; in files it may lack its name."""

    name: str = ""
    image: str | None = None
    command: list[str] | None = None
    args: list[str] | None = None
    ports: list[WirePort] | None = None
    restart_policy: str | None = None
    security_context: WireContainerSecurity | None = None
    resources: WireResources | None = None
    liveness_probe: WireHandler | None = None
    readiness_probe: WireHandler | None = None
    startup_probe: WireHandler | None = None
    lifecycle: WireLifecycle | None = None
    volume_mounts: list[WireMount] | None = None
    env: list[WireVariable] | None = None
    env_from: list[WireEnvironment] | None = field(name="envFrom", default=None)


def project_container(
    wire: WireContainer,
    kind: ContainerKind,
    index: int,
    outside: Collection[str],
    interner: Interner,
) -> Container:
    """The view of a container; ``outside`` names the volumes whose mounts are looked at."""
    cpu, memory = limited(wire.resources)
    return Container(
        wire.name or f"#{index}",
        kind,
        tuple(_port(port) for port in wire.ports or ()),
        index,
        wire.image or "",
        project_container_security(wire.security_context, interner),
        cpu,
        memory,
        tuple(_probe_hosts(wire)),
        tuple(_mount(mount) for mount in wire.volume_mounts or () if mount.name in outside),
        tuple(dict.fromkeys(_secrets(wire))),
        tuple(_exposures(wire)),
    )


def limited(wire: WireResources | None) -> tuple[bool, bool]:
    """Whether CPU and memory have a limit; one of zero is none."""
    limits = (wire.limits if wire else None) or {}
    return _limits(limits.get("cpu")), _limits(limits.get("memory"))


def _limits(quantity: Quantity | None) -> bool:
    return quantity is not None and not _ZERO.fullmatch(str(quantity))


def _port(wire: WirePort) -> ContainerPort:
    return ContainerPort(
        wire.container_port, wire.protocol or "TCP", wire.name or "", wire.host_port or 0
    )


def _mount(wire: WireMount) -> Mount:
    return Mount(wire.name, wire.mount_path, bool(wire.read_only))


def _probe_hosts(wire: WireContainer) -> Iterator[str]:
    """The field paths of the hosts that probes and handlers name."""
    yield from _hosts("livenessProbe", wire.liveness_probe)
    yield from _hosts("readinessProbe", wire.readiness_probe)
    yield from _hosts("startupProbe", wire.startup_probe)
    if wire.lifecycle:
        yield from _hosts("lifecycle.postStart", wire.lifecycle.post_start)
        yield from _hosts("lifecycle.preStop", wire.lifecycle.pre_stop)


def _hosts(path: str, handler: WireHandler | None) -> Iterator[str]:
    if handler and handler.http_get and handler.http_get.host:
        yield f"{path}.httpGet.host"
    if handler and handler.tcp_socket and handler.tcp_socket.host:
        yield f"{path}.tcpSocket.host"


def _exposures(wire: WireContainer) -> Iterator[Exposure]:
    if wire.env:
        yield from in_environment((variable.name, variable.value) for variable in wire.env)
    if wire.command:
        yield from in_arguments(wire.command, "command")
    if wire.args:
        yield from in_arguments(wire.args, "args")


def _secrets(wire: WireContainer) -> Iterator[str]:
    for variable in wire.env or ():
        if variable.value_from and variable.value_from.secret_key_ref:
            yield from _needed(variable.value_from.secret_key_ref)
    for source in wire.env_from or ():
        if source.secret_ref:
            yield from _needed(source.secret_ref)


def _needed(reference: WireReference) -> Iterator[str]:
    if not reference.optional:
        yield reference.name
