"""Manifests on disk, as the views that a cluster's objects become: by the same decoders."""

import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from assessor.adapters.documents import documents
from assessor.inventory.decoding import Interner, MalformedRecord, Record, decode_list
from assessor.inventory.kinds import ObservedKind
from assessor.kernel.errors import InputError

STDIN = "-"
SUFFIXES = (".yaml", ".yml", ".json")
"""What is read of a directory, at any depth; hidden files and directories are not."""

Kinds = Mapping[tuple[str, str], ObservedKind]
"""The wanted kinds, by group and kind."""


class Manifest(Struct, frozen=True):
    """One object's view; ``place`` tells a person where it stands."""

    record: Record
    place: str


class _Found(Struct, frozen=True):
    """One object as it is written."""

    value: dict[str, Any]
    place: str


class _Text(Struct, frozen=True):
    """A file's text; ``listed``: nobody named it, its directory was."""

    where: str
    text: str
    listed: bool = False


def read_manifests(
    paths: Sequence[str], kinds: Iterable[ObservedKind], *, namespace: str
) -> Iterator[Manifest]:
    """The objects of ``kinds`` in files, directories and ``-``; others are skipped.

    Lists are opened. What lacks metadata.namespace and needs it is in ``namespace``. Equal objects
    are one. InputError names file, document, line and field of what cannot be read, and of an
    object that is there twice with different content: nobody could say which counts.
    """
    wanted = {(kind.group, kind.kind): kind for kind in kinds}
    interner = Interner()
    known: dict[tuple[ObservedKind, str, str], Manifest] = {}
    for found in _objects(paths, wanted):
        kind = _kind_of(found, wanted)
        if kind:
            made = Manifest(_decoded(found, kind, namespace, interner), found.place)
            meta = made.record.meta
            first = known.setdefault((kind, meta.namespace, meta.name), made)
            if first is made:
                yield made
            elif first.record != made.record:
                raise InputError(
                    f"{made.place}: {kind.kind} {meta.name} is already in {first.place},"
                    " with other content"
                )


# ── files ─────────────────────────────────────────────────────────────────────────────────────


def _texts(paths: Sequence[str]) -> Iterator[_Text]:
    for path in paths:
        if path == STDIN:
            yield _Text("stdin", _decode(sys.stdin.buffer.read(), "stdin"))
        elif os.path.isdir(path):  # noqa: PTH112 - Path says no to what it may not look at, too
            yield from (_Text(str(each), _read(each), listed=True) for each in _files_in(path))
        else:
            yield _Text(path, _read(Path(path)))


def _files_in(directory: str) -> Iterator[Path]:
    """The manifests of a directory, in order; InputError where it holds none."""
    found = False
    for folder, folders, names in os.walk(directory, onerror=_unreadable):
        folders[:] = sorted(each for each in folders if not each.startswith("."))
        for name in sorted(names):
            if name.endswith(SUFFIXES) and not name.startswith("."):
                found = True
                yield Path(folder, name)
    if not found:
        raise InputError(f"{directory}: holds no file that ends in {', '.join(SUFFIXES)}")


def _unreadable(error: OSError) -> None:
    raise InputError(f"{error.filename}: {error.strerror}") from error


def _read(path: Path) -> str:
    try:
        return _decode(path.read_bytes(), str(path))
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from error


def _decode(content: bytes, where: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{where}: is not UTF-8 text") from error


# ── objects ───────────────────────────────────────────────────────────────────────────────────


def _objects(paths: Sequence[str], wanted: Kinds) -> Iterator[_Found]:
    for file in _texts(paths):
        for document in documents(file.text, file.where):
            place = f"{file.where}, document {document.number}, line {document.line}"
            value = document.value
            if file.listed and not _is_object(value):
                # Values of a chart, a pipeline's definition: they were not named as manifests.
                continue
            yield from _opened(value, place, wanted)


def _is_object(value: Any) -> bool:
    return isinstance(value, dict) and ("kind" in value or "apiVersion" in value)


def _opened(value: Any, place: str, wanted: Kinds) -> Iterator[_Found]:
    """The object, or those of a list; InputError where it is no object."""
    if not isinstance(value, dict):
        raise InputError(f"{place}: is not an object")
    for field in ("apiVersion", "kind"):
        if not isinstance(value.get(field), str) or not value[field]:
            raise InputError(f"{place}: {field} is missing or no string")
    of = value["kind"].removesuffix("List")
    if of == value["kind"] or (of and (_group(value), of) not in wanted):
        yield _Found(value, place)
        return
    items = value.get("items")
    if not isinstance(items, list | None):
        raise InputError(f"{place}: items is no list")
    # A typed list leaves out what it says itself; a v1 List does not.
    given = {"apiVersion": value["apiVersion"], "kind": of} if of else {}
    for number, item in enumerate(items or ()):
        inner = given | item if isinstance(item, dict) else item
        yield from _opened(inner, f"{place}, items[{number}]", wanted)


def _group(value: Mapping[str, Any]) -> str:
    return str(value["apiVersion"]).rpartition("/")[0]


def _kind_of(found: _Found, wanted: Kinds) -> ObservedKind | None:
    """Its kind, None where nobody asked for it; InputError for a version that is not served."""
    kind = wanted.get((_group(found.value), found.value["kind"]))
    if kind and found.value["apiVersion"] != kind.api_version:
        raise InputError(
            f"{found.place}: {kind.kind} is read as {kind.api_version},"
            f" not as {found.value['apiVersion']}"
        )
    return kind


def _decoded(found: _Found, kind: ObservedKind, namespace: str, interner: Interner) -> Record:
    try:
        item = msgspec.json.encode(_stored(found.value, kind, namespace))
    except (TypeError, ValueError, RecursionError) as error:
        raise InputError(f"{found.place}: {kind.kind}: {error}") from error
    page = decode_list(
        kind, b'{"metadata":{"resourceVersion":""},"items":[' + item + b"]}", interner
    )
    for each in page.malformed:
        raise InputError(f"{found.place}: {_called(kind, each)}: {each.message}")
    return page.records[0]


def _stored(value: dict[str, Any], kind: ObservedKind, namespace: str) -> dict[str, Any]:
    """The object with what a cluster gives to it: a UID, and its namespace."""
    metadata = value.get("metadata")
    if not isinstance(metadata, dict):
        return value
    # One UID for all: it must be there, and equal objects shall be equal.
    given = {"uid": "file"} | ({"namespace": namespace} if kind.namespaced else {})
    said = {key: part for key, part in metadata.items() if key != "uid" and part not in ("", None)}
    return value | {"metadata": given | said}


def _called(kind: ObservedKind, entry: MalformedRecord) -> str:
    return f"{kind.kind} {entry.name}" if entry.name else kind.kind
