"""One file scanned by itself: findings that no other file bears on, and what it is evidence of."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from msgspec import Struct, field

from assessor.adapters.manifests.locating import place_of
from assessor.adapters.manifests.objects import (
    Found,
    MalformedError,
    Skipped,
    decode,
    encode,
    is_template,
    objects,
)
from assessor.adapters.manifests.places import Place, UnreadableError
from assessor.adapters.manifests.reading import read
from assessor.adapters.manifests.streams import Document, Fault, decoded, documents
from assessor.catalogue.patches import Step
from assessor.inventory.credentials import ConfigMap, SourceSecret
from assessor.inventory.decoding import Interner, Record
from assessor.inventory.kinds import Evidence
from assessor.inventory.meta import Meta
from assessor.inventory.snapshot import Snapshot
from assessor.inventory.workloads import Namespace, Pod, Workload
from assessor.kernel.refs import ObjectRef
from assessor.reporting.scan.report import Located, Remark
from assessor.scanner.judging import Judge, Tally
from assessor.scanner.placing import located, ref_of, stand_ins

MARKS = ("apiVersion", "kind")
"""What is in every file that holds an object; one without them is not even parsed."""


class Seen(NamedTuple):
    """An object's view and where it stands: what is written there is not kept."""

    ref: ObjectRef
    record: Record
    document: Document
    at: tuple[Step, ...]


class Origin(Struct, frozen=True, gc=False):
    """Where an object stands in its file: its chunk, its document, and the way to it there."""

    lines: int
    document: int
    plain: bool
    at: tuple[Step, ...]


class Witness(Struct, frozen=True, gc=False):
    """An object as evidence for what several files tell together."""

    kind: tuple[str, str]
    json: bytes
    origin: Origin


class FileScan(Struct):
    """What one file came to."""

    file: str
    findings: list[Located] = field(default_factory=list)
    faults: list[Remark] = field(default_factory=list)
    warnings: list[Remark] = field(default_factory=list)
    skipped: dict[str, int] = field(default_factory=dict)
    objects: int = 0
    tally: Tally = field(default_factory=Tally)
    witnesses: list[Witness] = field(default_factory=list)


class FileScanner:
    """Scans one file after the other with the checks that need no other file."""

    def __init__(self, judge: Judge, witnesses: frozenset[Evidence]) -> None:
        """``witnesses``: the kinds whose objects are to be seen together with other files'."""
        self._judge = judge
        self._witnesses = witnesses
        self._interner = Interner()

    def scan(self, file: str) -> FileScan:
        """Everything that the file tells by itself; what cannot be read is a fault in it."""
        scan = FileScan(shown(file))
        try:
            text = decoded(read(file))
        except OSError as error:
            scan.faults.append(Remark(scan.file, 0, 0, error.strerror or str(error)))
        except UnreadableError as error:
            scan.faults.append(_remark(scan.file, error.place, error.reason))
        else:
            self._scan_text(scan, text)
        return scan

    def _scan_text(self, scan: FileScan, text: str) -> None:
        if any(mark not in text for mark in MARKS):
            scan.skipped[Skipped.NO_OBJECT] = 1
            return
        seen = list(self._seen(scan, text))
        scan.objects = len(seen)
        for layer in _layers(seen):
            scan.findings += self._judged(layer, scan.tally)

    def _seen(self, scan: FileScan, text: str) -> Iterator[Seen]:
        skipped: Counter[str] = Counter()
        for document in documents(text):
            if isinstance(document, Fault):
                self._take_fault(scan, document, skipped)
                continue
            scan.warnings += _repeated(scan.file, document)
            place = document.without_value()
            for item in objects(document):
                if isinstance(item, Skipped):
                    skipped[item] += 1
                elif isinstance(item, Fault):
                    scan.faults.append(_remark(scan.file, item.place, item.reason))
                else:
                    yield from self._decoded(scan, item, place)
        scan.skipped = dict(skipped)

    def _take_fault(self, scan: FileScan, fault: Fault, skipped: Counter[str]) -> None:
        if is_template(fault.text):
            skipped[Skipped.TEMPLATE] += 1
        else:
            scan.faults.append(_remark(scan.file, fault.place, fault.reason))

    def _decoded(self, scan: FileScan, found: Found, place: Document) -> Iterator[Seen]:
        try:
            encoded = encode(found)
            record = decode(found.kind, encoded, self._interner)
        except MalformedError as error:
            at = place_of(found.document, found.at)
            scan.faults.append(_remark(scan.file, at, f"{found.kind.kind}: {error}"))
            return
        if found.kind.evidence in self._witnesses:
            scan.witnesses.append(_witness(found, encoded))
        yield Seen(ref_of(found.kind, record), record, place, found.at)

    def _judged(self, layer: dict[ObjectRef, Seen], tally: Tally) -> Iterator[Located]:
        places = dict(layer)
        for snapshot in _snapshots(seen.record for seen in layer.values()):
            for root, pod in stand_ins(snapshot.roots):
                places.setdefault(root, places[pod])
            for finding in self._judge.findings(snapshot, tally):
                seen = places[finding.object]
                yield located(finding, seen.document, seen.at)


def shown(file: str) -> str:
    """A file's name as text: names are bytes, and need not be UTF-8."""
    return file.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _witness(found: Found, encoded: bytes) -> Witness:
    kind, document = found.kind, found.document
    origin = Origin(document.chunk.lines, document.number, document.plain, found.at)
    return Witness((kind.api_version, kind.kind), encoded, origin)


def _layers(seen: list[Seen]) -> list[dict[ObjectRef, Seen]]:
    """The objects by name; those that are there again, with a name that is taken, in layers behind.

    Each of them is judged: a file of examples may hold several of one name.
    """
    layers: list[dict[ObjectRef, Seen]] = []
    times: Counter[ObjectRef] = Counter()
    for each in seen:
        if times[each.ref] == len(layers):
            layers.append({})
        layers[times[each.ref]][each.ref] = each
        times[each.ref] += 1
    return layers


def _snapshots(records: Iterator[Record]) -> Iterator[Snapshot]:
    """A snapshot of each namespace, of what is judged file by file."""
    by_namespace: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        if isinstance(record, Pod | Workload | ConfigMap | SourceSecret):
            by_namespace[record.meta.namespace].append(record)
    for name, members in by_namespace.items():
        yield Snapshot(
            Namespace(Meta(name, "", "", {})),
            pods=tuple(each for each in members if isinstance(each, Pod)),
            workloads=tuple(each for each in members if isinstance(each, Workload)),
            config_maps=tuple(each for each in members if isinstance(each, ConfigMap)),
            source_secrets=tuple(each for each in members if isinstance(each, SourceSecret)),
        )


def _repeated(file: str, document: Document) -> Iterator[Remark]:
    for key, place in document.repeated:
        yield _remark(file, place, f"the key {key!r} is there twice; the API server takes the last")


def _remark(file: str, place: Place, reason: str) -> Remark:
    return Remark(file, place.line, place.column, reason)
