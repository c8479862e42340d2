"""The baseline file: findings that an existing repository starts with, by fingerprint."""

from collections.abc import Iterable
from pathlib import Path

import msgspec
from msgspec import Struct

from assessor.kernel.errors import InputError

SCHEMA_VERSION = "1"


class Known(Struct, frozen=True, order=True):
    """One finding; only the fingerprint decides, the rest tells a reader what it is."""

    fingerprint: str
    check: str
    object: str
    file: str


class _Baseline(Struct, rename="camel", kw_only=True):
    schema_version: str
    findings: list[Known]


def read_baseline(path: str) -> frozenset[str]:
    """The fingerprints that a baseline holds; InputError where it is none."""
    try:
        found = msgspec.json.decode(Path(path).read_bytes(), type=_Baseline)
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: is no baseline: {error}") from error
    if found.schema_version != SCHEMA_VERSION:
        raise InputError(f"{path}: is a baseline of version {found.schema_version!r}")
    return frozenset(each.fingerprint for each in found.findings)


def write_baseline(path: str, findings: Iterable[Known]) -> int:
    """Write a baseline, sorted so that a change of it shows what changed; how many there are."""
    known = sorted({each.fingerprint: each for each in findings}.values())
    content = msgspec.json.encode(_Baseline(schema_version=SCHEMA_VERSION, findings=known))
    try:
        Path(path).write_bytes(msgspec.json.format(content, indent=1) + b"\n")
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from error
    return len(known)
