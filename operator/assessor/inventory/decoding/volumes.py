"""Volumes: which of the API's sources one has, and what it brings into the pod."""

from typing import Any

from msgspec import field

from assessor.inventory.decoding.wire import Wire
from assessor.inventory.volumes import ProjectedToken, Volume


class WireToken(Wire):
    """projected.sources[].serviceAccountToken."""

    path: str
    audience: str | None = None
    expiration_seconds: int | None = None


class WireProjectedSecret(Wire):
    """projected.sources[].secret."""

    name: str = ""
    optional: bool | None = None


class WireSource(Wire):
    """projected.sources[]; other kinds of source carry no credentials."""

    service_account_token: WireToken | None = None
    secret: WireProjectedSecret | None = None


class WireProjected(Wire):
    """volumes[].projected."""

    sources: list[WireSource] | None = None


class WireSecretVolume(Wire):
    """volumes[].secret."""

    secret_name: str = ""
    optional: bool | None = None


class WireHostPath(Wire):
    """volumes[].hostPath."""

    path: str = ""


class WireVolume(Wire):
    """volumes[]: a name and one source; those that are only named are decoded for being there."""

    name: str = ""
    projected: WireProjected | None = None
    secret: WireSecretVolume | None = None
    host_path: WireHostPath | None = None
    empty_dir: Any = None
    config_map: Any = None
    downward_api: Any = field(name="downwardAPI", default=None)
    persistent_volume_claim: Any = None
    csi: Any = None
    ephemeral: Any = None
    image: Any = None
    nfs: Any = None
    iscsi: Any = None
    fc: Any = None
    rbd: Any = None
    cephfs: Any = None
    cinder: Any = None
    glusterfs: Any = None
    flocker: Any = None
    quobyte: Any = None
    storageos: Any = None
    git_repo: Any = None
    flex_volume: Any = None
    azure_disk: Any = None
    azure_file: Any = None
    vsphere_volume: Any = None
    portworx_volume: Any = None
    photon_persistent_disk: Any = None
    gce_persistent_disk: Any = None
    aws_elastic_block_store: Any = None
    scale_io: Any = field(name="scaleIO", default=None)


_SOURCES = tuple(
    zip(WireVolume.__struct_fields__[1:], WireVolume.__struct_encode_fields__[1:], strict=True)
)
"""Attribute and the API's name of each source."""


def project_volume(wire: WireVolume) -> Volume:
    """The view of a volume; one that names no source is an emptyDir, as the API defaults it."""
    kind = next((name for attribute, name in _SOURCES if getattr(wire, attribute) is not None), "")
    return Volume(
        wire.name,
        kind or "emptyDir",
        wire.host_path.path if wire.host_path else "",
        _secrets(wire),
        tuple(
            ProjectedToken(token.audience or "", token.expiration_seconds or 0)
            for token in tokens_of(wire)
        ),
    )


def tokens_of(wire: WireVolume) -> list[WireToken]:
    """The service-account tokens that a volume projects."""
    sources = wire.projected.sources if wire.projected else None
    return [
        source.service_account_token for source in sources or () if source.service_account_token
    ]


def _secrets(wire: WireVolume) -> tuple[str, ...]:
    whole = (wire.secret.secret_name,) if wire.secret and not wire.secret.optional else ()
    sources = (wire.projected.sources if wire.projected else None) or ()
    secrets = (source.secret for source in sources)
    return (*whole, *(secret.name for secret in secrets if secret and not secret.optional))
