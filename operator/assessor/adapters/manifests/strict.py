"""Manifests read by the scanner's rules, where the first thing that is wrong ends the reading.

For commands that answer a question: an answer from half of the files would be a wrong one.
"""

import os
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from assessor.adapters.manifests.locating import place_of
from assessor.adapters.manifests.objects import (
    Found,
    Kinds,
    MalformedError,
    Skipped,
    decode,
    encode,
    objects,
)
from assessor.adapters.manifests.places import UnreadableError
from assessor.adapters.manifests.reading import read
from assessor.adapters.manifests.streams import Document, Fault, decoded, documents
from assessor.adapters.manifests.walking import STDIN, SUFFIXES, files_of
from assessor.inventory.decoding import Interner, Record
from assessor.inventory.kinds import ObservedKind
from assessor.kernel.errors import InputError


class Manifest(Struct, frozen=True):
    """One object's view; ``place`` tells a person where it stands."""

    record: Record
    place: str


def read_manifests(
    paths: Sequence[str], kinds: Iterable[ObservedKind], *, namespace: str
) -> Iterator[Manifest]:
    """The objects of ``kinds`` in files, directories and ``-``; others are skipped.

    Lists are opened. What lacks metadata.namespace and needs it is in ``namespace``. Equal objects
    are one. InputError names file, line and field of what cannot be read, and of an object that is
    there twice with different content: nobody could say which counts.
    """
    wanted = {(kind.api_version, kind.kind): kind for kind in kinds}
    interner = Interner()
    known: dict[tuple[ObservedKind, str, str], Manifest] = {}
    for found, where in _found(paths, wanted):
        kind, place = found.kind, _told(where, found.document, found.at)
        made = Manifest(_decoded(found, place, namespace, interner), place)
        meta = made.record.meta
        first = known.setdefault((kind, meta.namespace, meta.name), made)
        if first is made:
            yield made
        elif first.record != made.record:
            raise InputError(
                f"{place}: {kind.kind} {meta.name} is already in {first.place}, with other content"
            )


def read_documents(file: str) -> list[Document]:
    """A file's documents; InputError for what cannot be read, and for a key that is there twice.

    The API server takes the last of equal keys, by which a rule can be lost without a word.
    """
    where = _shown(file)
    try:
        found = list(documents(decoded(read(file))))
    except OSError as error:
        raise InputError(f"{where}: {error.strerror}") from error
    except UnreadableError as error:
        raise InputError(f"{where}, {error}") from error
    made = []
    for each in found:
        if isinstance(each, Fault):
            raise InputError(f"{where}, line {each.place.line}: {each.reason}")
        for key, place in each.repeated:
            raise InputError(f"{where}, line {place.line}: the key {key!r} is there twice")
        made.append(each)
    return made


def _found(paths: Sequence[str], wanted: Kinds) -> Iterator[tuple[Found, str]]:
    """The objects, and the file that each is in."""
    for path in paths:
        listed = path != STDIN and os.path.isdir(path)  # noqa: PTH112 - as walking has it
        files = list(files_of([path]))
        if not files:
            raise InputError(f"{path}: holds no file that ends in {', '.join(SUFFIXES)}")
        for file in files:
            for document in read_documents(file):
                for item in objects(document, wanted):
                    if isinstance(item, Found):
                        yield item, _shown(file)
                    elif isinstance(item, Fault):
                        raise InputError(f"{_shown(file)}, line {item.place.line}: {item.reason}")
                    elif item is Skipped.NO_OBJECT and not (listed and _is_else(document)):
                        told = "is no object: apiVersion or kind is missing or no string"
                        raise InputError(f"{_told(_shown(file), document, ())}: {told}")


def _is_else(document: Document) -> bool:
    """Whether it is no attempt at an object: of a directory, a chart's values were not meant."""
    value = document.value
    return not isinstance(value, dict) or value.keys().isdisjoint(("kind", "apiVersion"))


def _decoded(found: Found, place: str, namespace: str, interner: Interner) -> Record:
    try:
        return decode(found.kind, encode(found, namespace), interner)
    except MalformedError as error:
        raise InputError(f"{place}: {found.kind.kind}: {error}") from error


def _told(where: str, document: Document, at: tuple[str | int, ...]) -> str:
    return f"{where}, line {place_of(document, at).line}"


def _shown(file: str) -> str:
    return "stdin" if file == STDIN else file
