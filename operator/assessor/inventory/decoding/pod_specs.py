"""Pod specs, wherever they stand: what their containers inherit, and how the token gets in."""

from collections.abc import Mapping

from msgspec import field

from assessor.inventory.containers import Container, ContainerKind
from assessor.inventory.decoding.containers import (
    WireContainer,
    WireResources,
    limited,
    project_container,
)
from assessor.inventory.decoding.interning import Interner
from assessor.inventory.decoding.security import WirePodSecurity, project_pod_security
from assessor.inventory.decoding.volumes import WireToken, WireVolume, project_volume, tokens_of
from assessor.inventory.decoding.wire import Wire
from assessor.inventory.volumes import Volume
from assessor.inventory.workloads import APP_ARMOR_PREFIX, PodSpec

ADMISSION_VOLUME_PREFIX = "kube-api-access-"
"""ServiceAccountVolumeName of the ServiceAccount admission plugin, before its random suffix."""

Annotations = Mapping[str, str]


class WireOS(Wire):
    """os."""

    name: str = ""


class WirePullSecret(Wire):
    """imagePullSecrets[]."""

    name: str = ""


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
    host_pid: bool | None = field(name="hostPID", default=None)
    host_ipc: bool | None = field(name="hostIPC", default=None)
    host_users: bool | None = None
    os: WireOS | None = None
    security_context: WirePodSecurity | None = None
    resources: WireResources | None = None
    image_pull_secrets: list[WirePullSecret] | None = None


def project_pod_spec(
    wire: WirePodSpec, annotations: Annotations | None, interner: Interner, *, admitted: bool
) -> PodSpec:
    """The view of a pod spec, shared among equal ones; ``annotations`` are the pod's.

    ``admitted`` says that the ServiceAccount admission plugin has had its turn: true of pods,
    never of templates, so that a look-alike of the plugin's volume in a template is its author's.
    """
    volumes = _volumes(wire, admitted=admitted)
    cpu, memory = limited(wire.resources)
    spec = PodSpec(
        tuple(_containers(wire, volumes, interner)),
        wire.service_account_name or wire.service_account_alias or "default",
        wire.automount_service_account_token,
        any(volume.tokens for volume in volumes),
        bool(wire.host_network),
        bool(wire.host_pid),
        bool(wire.host_ipc),
        wire.host_users,
        wire.os.name if wire.os else "",
        project_pod_security(wire.security_context, interner),
        volumes,
        cpu,
        memory,
        tuple(secret.name for secret in wire.image_pull_secrets or ()),
        _app_armor(annotations),
    )
    return interner.share(spec)


def _containers(
    wire: WirePodSpec, volumes: tuple[Volume, ...], interner: Interner
) -> list[Container]:
    outside = {volume.name for volume in volumes if _is_from_outside(volume)}
    lists = (
        (wire.containers, ContainerKind.REGULAR),
        (wire.init_containers, ContainerKind.INIT),
        (wire.ephemeral_containers, ContainerKind.EPHEMERAL),
    )
    return [
        project_container(entry, _kind(entry, kind), index, outside, interner)
        for entries, kind in lists
        for index, entry in enumerate(entries or ())
    ]


def _kind(wire: WireContainer, kind: ContainerKind) -> ContainerKind:
    """An init container that restarts always runs beside the others (KEP-753)."""
    if kind is ContainerKind.INIT and wire.restart_policy == "Always":
        return ContainerKind.SIDECAR
    return kind


def _is_from_outside(volume: Volume) -> bool:
    return bool(volume.kind == "hostPath" or volume.secrets or volume.tokens)


def _volumes(wire: WirePodSpec, *, admitted: bool) -> tuple[Volume, ...]:
    """All volumes but the one that the admission plugin added.

    The plugin adds nothing where the pod says automountServiceAccountToken: false.
    """
    added = admitted and wire.automount_service_account_token is not False
    return tuple(
        project_volume(volume)
        for volume in wire.volumes or ()
        if not (added and _is_admission_volume(volume.name, tokens_of(volume)))
    )


def _is_admission_volume(name: str, tokens: list[WireToken]) -> bool:
    """The plugin's shape: one token for the API server's own audience, at ``token``."""
    return (
        name.startswith(ADMISSION_VOLUME_PREFIX)
        and len(tokens) == 1
        and tokens[0].path == "token"
        and not tokens[0].audience
    )


def _app_armor(annotations: Annotations | None) -> tuple[tuple[str, str], ...]:
    return tuple(
        (key.removeprefix(APP_ARMOR_PREFIX), profile)
        for key, profile in sorted((annotations or {}).items())
        if key.startswith(APP_ARMOR_PREFIX)
    )
