"""Pages of a LIST."""

from collections.abc import Iterable, Iterator

from msgspec import Raw, Struct

from assessor.inventory.decoding.codecs import RAW_PAGE, UNDECODABLE, Codec, codec_of, malformed
from assessor.inventory.decoding.depth import decode_deep
from assessor.inventory.decoding.interning import Interner
from assessor.inventory.decoding.results import MalformedRecord, Record
from assessor.inventory.kinds import ObservedKind
from assessor.kernel.errors import RecordError


class ListPage(Struct, frozen=True):
    """One page: what decoded, what did not, and where the next page begins (``""``: nowhere)."""

    records: tuple[Record, ...]
    resource_version: str
    continue_token: str = ""
    malformed: tuple[MalformedRecord, ...] = ()


def decode_list(kind: ObservedKind, body: bytes, interner: Interner | None = None) -> ListPage:
    """Decode a page of objects of ``kind``; RecordError where it is no list at all.

    An object that does not have the kind's shape is told in ``malformed``; the rest survives.
    """
    interner = Interner() if interner is None else interner
    codec = codec_of(kind.group, kind.kind)
    try:
        page = codec.page.decode(body)
        records = tuple(codec.project(item, kind, interner) for item in page.items or ())
    except UNDECODABLE:
        return _decode_one_by_one(kind, codec, body, interner)
    return ListPage(records, page.metadata.resource_version, page.metadata.continue_token)


def decode_object(kind: ObservedKind, body: bytes, interner: Interner) -> Record | MalformedRecord:
    """The view of one object of ``kind``, or what is known of one that does not have its shape."""
    codec = codec_of(kind.group, kind.kind)
    try:
        return codec.project(codec.item.decode(body), kind, interner)
    except UNDECODABLE as error:
        return malformed(Raw(body), error)


def _decode_one_by_one(
    kind: ObservedKind, codec: Codec, body: bytes, interner: Interner
) -> ListPage:
    """The slow way, which finds the culprits."""
    try:
        page = decode_deep(RAW_PAGE, body)
    except UNDECODABLE as error:
        raise RecordError(f"list of {kind.plural}: {error}") from error
    decoded = list(_decode_each(kind, codec, page.items or (), interner))
    return ListPage(
        tuple(entry for entry in decoded if not isinstance(entry, MalformedRecord)),
        page.metadata.resource_version,
        page.metadata.continue_token,
        tuple(entry for entry in decoded if isinstance(entry, MalformedRecord)),
    )


def _decode_each(
    kind: ObservedKind, codec: Codec, items: Iterable[Raw], interner: Interner
) -> Iterator[Record | MalformedRecord]:
    for raw in items:
        try:
            yield codec.project(codec.item.decode(raw), kind, interner)
        except UNDECODABLE as error:
            yield malformed(raw, error)
