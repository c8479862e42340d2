"""The Kubernetes objects in a file: those that are judged, and what is left out and why."""

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

import msgspec
from msgspec import Struct

from assessor.adapters.manifests.locating import place_of
from assessor.adapters.manifests.streams import Document, Fault
from assessor.catalogue.patches import Step
from assessor.inventory.decoding import Interner, MalformedRecord, Record, decode_object
from assessor.inventory.kinds import CORE_KINDS, OPTIONAL_KINDS, SOURCE_KINDS, ObservedKind

Json = Any

DEFAULT_NAMESPACE = "default"
"""Where objects are that do not say it, as for kubectl."""

Kinds = Mapping[tuple[str, str], ObservedKind]
"""Kinds by apiVersion and kind."""

KINDS: Kinds = {
    (kind.api_version, kind.kind): kind for kind in (*CORE_KINDS, *SOURCE_KINDS, *OPTIONAL_KINDS)
}
"""The kinds that are judged."""

_TEMPLATE = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_BUILT_IN_GROUPS = re.compile(r"(?:|apps|batch|autoscaling|policy|extensions|[a-z.]+\.k8s\.io)")
_ADDED_GROUPS = ("gateway.networking.k8s.io", "policy.networking.k8s.io", "snapshot.storage.k8s.io")


class Skipped(StrEnum):
    """Why a document is not judged."""

    CUSTOM_RESOURCE = "customResources"
    NOT_JUDGED = "otherKinds"
    """A built-in kind that no check looks at."""
    TEMPLATE = "templates"
    NO_OBJECT = "noObjects"
    """YAML or JSON that is no Kubernetes object, such as a chart's values."""


class Found(Struct, frozen=True):
    """One object of a kind that is wanted; ``at`` leads to it in its document."""

    kind: ObservedKind
    value: dict[str, Json]
    document: Document
    at: tuple[Step, ...] = ()


Item = Found | Fault | Skipped


def objects(document: Document, kinds: Kinds = KINDS) -> Iterator[Item]:
    """The objects of ``kinds`` in a document, lists opened."""
    if not _is_object(document.value):
        yield Skipped.NO_OBJECT
        return
    yield from _opened(document.value, document, (), kinds)


def is_template(text: str) -> bool:
    """Whether a text that cannot be read is one for Helm or the like to fill in first."""
    return _TEMPLATE.search(text) is not None


class MalformedError(ValueError):
    """An object does not have the shape of its kind, so that the API server would refuse it."""


def encode(found: Found, namespace: str = DEFAULT_NAMESPACE) -> bytes:
    """The object's JSON with what a cluster gives to it; MalformedError where there is none.

    ``namespace`` is where it is if it needs one and does not say it.
    """
    try:
        return msgspec.json.encode(_stored(found.value, found.kind, namespace))
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        raise MalformedError(str(error)) from error


def decode(kind: ObservedKind, encoded: bytes, interner: Interner) -> Record:
    """The view of an object; MalformedError."""
    made = decode_object(kind, encoded, interner)
    if isinstance(made, MalformedRecord):
        raise MalformedError(f"{made.name}: {made.message}" if made.name else made.message)
    return made


def page_of(items: list[bytes]) -> bytes:
    """Objects' JSON as the list that decoders take."""
    return b'{"metadata":{"resourceVersion":""},"items":[' + b",".join(items) + b"]}"


def _is_object(value: Json) -> bool:
    return (
        isinstance(value, dict)
        and isinstance(value.get("kind"), str)
        and isinstance(value.get("apiVersion"), str)
        and bool(value["kind"] and value["apiVersion"])
    )


def _opened(
    value: dict[str, Json], document: Document, at: tuple[Step, ...], kinds: Kinds
) -> Iterator[Item]:
    kind, version = value["kind"], value["apiVersion"]
    of = kind.removesuffix("List")
    if of == kind or (of and (version, of) not in kinds):
        yield _classified(value, document, at, kinds)
        return
    items = value.get("items")
    if not isinstance(items, list | None):
        yield _fault(document, (*at, "items"), f"{kind}: items is no list")
        return
    # A typed list leaves out what it says itself; a v1 List does not.
    given = {"apiVersion": version, "kind": of} if of else {}
    for number, item in enumerate(items or ()):
        place = (*at, "items", number)
        inner = given | item if isinstance(item, dict) else item
        if _is_object(inner):
            yield from _opened(inner, document, place, kinds)
        else:
            yield _fault(document, place, f"{kind}: an item is no object")


def _classified(
    value: dict[str, Json], document: Document, at: tuple[Step, ...], kinds: Kinds
) -> Item:
    version, kind = value["apiVersion"], value["kind"]
    observed = kinds.get((version, kind))
    if observed:
        return Found(observed, value, document, at)
    group = version.rpartition("/")[0]
    if any((each.group, each.kind) == (group, kind) for each in _never_optional(kinds)):
        return _fault(document, at, f"{kind} is not served as {version} any more")
    built_in = _BUILT_IN_GROUPS.fullmatch(group) and group not in _ADDED_GROUPS
    return Skipped.NOT_JUDGED if built_in else Skipped.CUSTOM_RESOURCE


def _never_optional(kinds: Kinds) -> Iterator[ObservedKind]:
    """Those that every cluster serves, in one version."""
    return (each for each in kinds.values() if not each.optional)


def _fault(document: Document, at: tuple[Step, ...], reason: str) -> Fault:
    return Fault(place_of(document, at), reason)


def _stored(value: dict[str, Json], kind: ObservedKind, namespace: str) -> dict[str, Json]:
    """The object with a UID, a namespace where it needs one, and a name to call it by."""
    metadata = value.get("metadata")
    if not isinstance(metadata, dict):
        return value
    # One UID for all: it must be there, and equal objects shall be equal.
    given: dict[str, Json] = {"uid": "file"}
    if kind.namespaced:
        given["namespace"] = namespace
    if isinstance(metadata.get("generateName"), str):
        given["name"] = metadata["generateName"]
    said = {key: part for key, part in metadata.items() if key != "uid" and part not in ("", None)}
    return value | {"metadata": given | said}
