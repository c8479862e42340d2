"""Pod specs, wherever they stand: containers, ports, and how the token gets in."""

from msgspec import field

from assessor.inventory.decoding.interning import Interner
from assessor.inventory.decoding.wire import Wire
from assessor.inventory.workloads import Container, ContainerKind, ContainerPort, PodSpec

ADMISSION_VOLUME_PREFIX = "kube-api-access-"
"""ServiceAccountVolumeName of the ServiceAccount admission plugin, before its random suffix."""


class WirePort(Wire):
    """containers[].ports[]."""

    container_port: int
    protocol: str | None = None
    name: str | None = None
    host_port: int | None = None


class WireContainer(Wire):
    """A container of any of the three lists."""

    name: str
    ports: list[WirePort] | None = None
    restart_policy: str | None = None


class WireToken(Wire):
    """projected.sources[].serviceAccountToken."""

    path: str
    audience: str | None = None


class WireSource(Wire):
    """projected.sources[]; other kinds of source carry no credentials of the pod."""

    service_account_token: WireToken | None = None


class WireProjected(Wire):
    """volumes[].projected."""

    sources: list[WireSource] | None = None


class WireVolume(Wire):
    """volumes[]."""

    name: str
    projected: WireProjected | None = None


class WirePodSpec(Wire):
    """A pod's or a template's spec. ``serviceAccount`` is the deprecated alias."""

    containers: list[WireContainer] | None = None
    init_containers: list[WireContainer] | None = None
    ephemeral_containers: list[WireContainer] | None = None
    volumes: list[WireVolume] | None = None
    service_account_name: str | None = None
    service_account_alias: str | None = field(name="serviceAccount", default=None)
    automount_service_account_token: bool | None = None
    host_network: bool | None = None


def project_pod_spec(wire: WirePodSpec, interner: Interner, *, admitted: bool) -> PodSpec:
    """The view of a pod spec, shared among equal ones.

    ``admitted`` says that the ServiceAccount admission plugin has had its turn: true of pods,
    never of templates, so that a look-alike of the plugin's volume in a template is its author's.
    """
    spec = PodSpec(
        tuple(_containers(wire)),
        wire.service_account_name or wire.service_account_alias or "default",
        wire.automount_service_account_token,
        _has_explicit_token(wire, admitted=admitted),
        bool(wire.host_network),
    )
    return interner.share(spec)


def _containers(wire: WirePodSpec) -> list[Container]:
    found = [_container(entry, ContainerKind.REGULAR) for entry in wire.containers or ()]
    found += [_container(entry, _init_kind(entry)) for entry in wire.init_containers or ()]
    found += [
        _container(entry, ContainerKind.EPHEMERAL) for entry in wire.ephemeral_containers or ()
    ]
    return found


def _init_kind(wire: WireContainer) -> ContainerKind:
    """An init container that restarts always runs beside the others (KEP-753)."""
    return ContainerKind.SIDECAR if wire.restart_policy == "Always" else ContainerKind.INIT


def _container(wire: WireContainer, kind: ContainerKind) -> Container:
    ports = tuple(
        ContainerPort(
            port.container_port, port.protocol or "TCP", port.name or "", port.host_port or 0
        )
        for port in wire.ports or ()
    )
    return Container(wire.name, kind, ports)


def _has_explicit_token(wire: WirePodSpec, *, admitted: bool) -> bool:
    """Whether a volume that the admission plugin did not add projects a token.

    The plugin adds nothing where the pod says automountServiceAccountToken: false.
    """
    added = admitted and wire.automount_service_account_token is not False
    return any(
        tokens and not (added and _is_admission_volume(volume.name, tokens))
        for volume in wire.volumes or ()
        if (tokens := _tokens(volume))
    )


def _tokens(volume: WireVolume) -> list[WireToken]:
    sources = volume.projected.sources if volume.projected else None
    return [
        source.service_account_token for source in sources or () if source.service_account_token
    ]


def _is_admission_volume(name: str, tokens: list[WireToken]) -> bool:
    """The plugin's shape: one token for the API server's own audience, at ``token``."""
    return (
        name.startswith(ADMISSION_VOLUME_PREFIX)
        and len(tokens) == 1
        and tokens[0].path == "token"
        and not tokens[0].audience
    )
