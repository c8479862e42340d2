"""ConfigMaps, makers of Secrets, and Secrets in files: no value outlives its decoding."""

from typing import Any

from msgspec import field

from assessor.inventory.credentials import ConfigMap, SecretMaker, SourceSecret
from assessor.inventory.decoding.credentials import in_data
from assessor.inventory.decoding.interning import Interner
from assessor.inventory.decoding.wire import Wire, WireMeta, project_meta
from assessor.inventory.kinds import ObservedKind


class WireConfigMap(Wire):
    """A v1 ConfigMap; binaryData is not looked at."""

    metadata: WireMeta
    data: dict[str, str] | None = None


class WireNamed(Wire):
    """Something that names a Secret, as makers spell it."""

    name: str | None = None
    secret_name: str | None = None


class WireTemplateMeta(Wire):
    """spec.template of a SealedSecret."""

    metadata: WireNamed = field(default_factory=WireNamed)


class WireMakerSpec(Wire):
    """spec of any maker: each kind has one of these."""

    target: WireNamed | None = None
    destination: WireNamed | None = None
    secret_name: str | None = None
    template: WireTemplateMeta | None = None
    secret_objects: list[WireNamed] | None = None
    secret_templates: list[WireNamed] | None = None


class WireMaker(Wire):
    """A SealedSecret, ExternalSecret, Certificate and the like."""

    metadata: WireMeta
    spec: WireMakerSpec = field(default_factory=WireMakerSpec)


class WireSecret(Wire):
    """A v1 Secret in a file."""

    metadata: WireMeta
    type: str | None = None
    data: dict[str, str | None] | None = None
    string_data: dict[str, str | None] | None = None
    sops: Any = None


def project_config_map(wire: WireConfigMap, kind: ObservedKind, interner: Interner) -> ConfigMap:
    """The view of a ConfigMap."""
    return ConfigMap(project_meta(wire.metadata, kind, interner), tuple(in_data(wire.data or {})))


def project_maker(wire: WireMaker, kind: ObservedKind, interner: Interner) -> SecretMaker:
    """The view of a maker; one that names no Secret makes the one of its own name."""
    spec = wire.spec
    single = (spec.target, spec.destination, spec.template and spec.template.metadata)
    several = (*(spec.secret_objects or ()), *(spec.secret_templates or ()))
    named = (
        spec.secret_name,
        *(each.name or each.secret_name for each in (*single, *several) if each),
    )
    names = tuple(name for name in named if name) or (wire.metadata.name,)
    return SecretMaker(kind.kind, project_meta(wire.metadata, kind, interner), names)


def project_secret(wire: WireSecret, kind: ObservedKind, interner: Interner) -> SourceSecret:
    """The view of a Secret in a file; a key without a value holds no secret."""
    entries = {**(wire.data or {}), **(wire.string_data or {})}
    return SourceSecret(
        project_meta(wire.metadata, kind, interner),
        wire.type or "Opaque",
        tuple(key for key, value in entries.items() if value),
        wire.sops is not None,
    )
