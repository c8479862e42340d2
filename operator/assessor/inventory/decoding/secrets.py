"""ConfigMaps, makers of Secrets, and Secrets in files: no value outlives its decoding."""

import re
from base64 import b64decode
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import field

from assessor.inventory.credentials import ConfigMap, SecretMaker, SourceSecret
from assessor.inventory.decoding.credentials import in_data
from assessor.inventory.decoding.interning import Interner
from assessor.inventory.decoding.wire import Wire, WireMeta, project_meta
from assessor.inventory.kinds import ObservedKind


class WireConfigMap(Wire):
    """A v1 ConfigMap; values of binaryData are base64."""

    metadata: WireMeta
    data: dict[str, str | None] | None = None
    binary_data: dict[str, str | None] | None = None


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
    """The view of a ConfigMap; of binaryData what is text, as keys and configuration are."""
    exposures = (
        *in_data({key: text for key, text in (wire.data or {}).items() if text}),
        *in_data(dict(_texts(wire.binary_data or {})), field="binaryData"),
    )
    return ConfigMap(project_meta(wire.metadata, kind, interner), exposures)


def _texts(data: Mapping[str, str | None]) -> Iterator[tuple[str, str]]:
    """Those that are text; ValueError where one is no base64, which the API server refuses."""
    for key, encoded in data.items():
        try:
            # Go's decoder passes over line ends, too.
            content = b64decode(re.sub(r"[\r\n]", "", encoded or ""), validate=True)
        except ValueError as error:
            raise ValueError(f"binaryData['{key}'] is no base64") from error
        try:
            yield key, content.decode()
        except UnicodeDecodeError:
            continue


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
