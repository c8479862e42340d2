"""Where credentials come from, and where they lie open."""

from msgspec import Struct

from assessor.inventory.containers import Exposure
from assessor.inventory.meta import Meta


class ConfigMap(Struct, frozen=True):
    """A ConfigMap, of which only what looks like a credential is known."""

    meta: Meta
    exposures: tuple[Exposure, ...] = ()


class SecretMaker(Struct, frozen=True):
    """An object from which a controller makes Secrets, by their names."""

    kind: str
    meta: Meta
    secrets: tuple[str, ...] = ()


class SourceSecret(Struct, frozen=True):
    """A Secret as it stands in a file; ``keys`` are those with a value, which is not kept.

    ``sealed`` where the values are encrypted for a tool that decrypts them on their way (SOPS).
    """

    meta: Meta
    type: str = "Opaque"
    keys: tuple[str, ...] = ()
    sealed: bool = False
