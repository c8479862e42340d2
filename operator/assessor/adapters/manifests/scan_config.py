"""assessor.yaml: what a repository's scans have in common, in a SecurityAssessment's words."""

from pathlib import Path

import msgspec
from msgspec import Struct, field

from assessor.adapters.manifests.places import UnreadableError
from assessor.adapters.manifests.streams import Document, Fault, decoded, documents
from assessor.kernel.errors import InputError

DEFAULT = "assessor.yaml"
"""Read where a scan is started, if it is there."""


class Controls(Struct, forbid_unknown_fields=True, frozen=True):
    """``include`` and ``exclude`` are ids or globs of controls or checks."""

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    severities: dict[str, str] = {}


class ScanConfig(Struct, forbid_unknown_fields=True, rename="camel", frozen=True):
    """What the file says; None where it says nothing. Options on the command line win."""

    profile: str | None = None
    fail_on: str | None = None
    controls: Controls = field(default_factory=Controls)
    complete: bool = False
    baseline: str | None = None


def read_config(path: str | None) -> ScanConfig:
    """The configuration; without ``path`` that of the current directory, or an empty one."""
    place = Path(path or DEFAULT)
    try:
        text = decoded(place.read_bytes())
    except FileNotFoundError as error:
        if path is None:
            return ScanConfig()
        raise InputError(f"{path}: {error.strerror}") from error
    except OSError as error:
        raise InputError(f"{place}: {error.strerror}") from error
    except UnreadableError as error:
        raise InputError(f"{place}, {error}") from error
    return _converted(str(place), list(documents(text)))


def _converted(path: str, found: list[Document | Fault]) -> ScanConfig:
    if not found:
        return ScanConfig()
    first, *more = found
    if isinstance(first, Fault):
        raise InputError(f"{path}, line {first.place.line}: {first.reason}")
    if more:
        raise InputError(f"{path}: holds more than one document")
    try:
        return msgspec.convert(first.value, ScanConfig)
    except msgspec.ValidationError as error:
        raise InputError(f"{path}: {error}") from error
