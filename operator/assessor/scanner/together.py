"""What the objects of all files show together, namespace by namespace."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from assessor.adapters.gathered import Gathered
from assessor.adapters.listed import Listed
from assessor.adapters.manifests.objects import KINDS, page_of
from assessor.adapters.rbac_index import index_of
from assessor.adapters.store import Store
from assessor.analysis.rbac.given_roles import with_given
from assessor.analysis.rbac.reach import reached
from assessor.engine.assessment import Finding
from assessor.inventory.decoding import Interner, Record, decode_list
from assessor.inventory.kinds import (
    CORE_KINDS,
    OPTIONAL_KINDS,
    RBAC_KINDS,
    SOURCE_KINDS,
    Evidence,
    ObservedKind,
)
from assessor.inventory.rbac import Role, RoleBinding
from assessor.inventory.snapshot import EvidenceGap, GapReason, Snapshot
from assessor.inventory.workloads import Namespace
from assessor.kernel.refs import ObjectRef
from assessor.scanner.file_scan import Origin, Witness
from assessor.scanner.judging import Judge, Tally
from assessor.scanner.placing import ref_of, stand_ins

EVERY_FILE = -1
"""The number of the world of all files; that of a file's variants has the file's."""

BATCH = 200
"""Objects that are decoded at once, while other processes scan."""


class Place(NamedTuple):
    """Where an object stands: the number of its file, and the place in that."""

    file: int
    origin: Origin


class Part(NamedTuple):
    """A namespace to be judged: in the world of all files, or in that of one file's variants."""

    world: int
    namespace: str
    first: Place


class Together:
    """Takes objects in, file by file, and judges them at the end.

    An object that stands in several files with different content, as in overlays, counts once
    among all files; each further one is judged with what its own file holds besides.
    """

    def __init__(self, judge: Judge, *, complete: bool) -> None:
        """``complete``: there are no other objects than those that are taken in."""
        self._judge = judge
        self._complete = complete
        self._interner = Interner()
        self._waiting: dict[ObservedKind, list[tuple[bytes, Place]]] = defaultdict(list)
        self._world = World()
        self._variants: dict[int, World] = {}
        self._worlds: dict[int, tuple[World, Gathered]] = {}

    def take(self, file: int, witnesses: Iterable[Witness]) -> None:
        """Take in a file's objects; ``file`` is its number."""
        for each in witnesses:
            kind = KINDS[each.kind]
            waiting = self._waiting[kind]
            waiting.append((each.json, Place(file, each.origin)))
            if len(waiting) >= BATCH:
                self._decode(kind)

    def parts(self) -> list[Part]:
        """What there is to judge, one namespace at a time; nothing is taken in any more."""
        for kind in tuple(self._waiting):
            self._decode(kind)
        self._worlds = {EVERY_FILE: (self._world, self._world.gathered(complete=self._complete))}
        for file, world in self._variants.items():
            world.take_in_file(file, self._world)
            self._worlds[file] = (world, world.gathered(complete=False))
        return [
            Part(number, namespace, first)
            for number, (world, _) in self._worlds.items()
            for namespace, first in world.namespaces().items()
        ]

    def judge(self, part: Part, tally: Tally) -> Iterator[tuple[Finding, Place]]:
        """What a part's objects show together; of variants, what others did not show already."""
        world, gathered = self._worlds[part.world]
        snapshot = gathered.snapshot(part.namespace)
        pods = dict(stand_ins(snapshot.roots))
        for finding in self._judge.findings(snapshot, tally):
            ref = finding.object
            place = world.places.get(ref) or world.places.get(pods.get(ref, ref)) or part.first
            if part.world == EVERY_FILE or self._world.places.get(ref) != place:
                yield finding, place
        if not self._complete:
            self._judge.leave_open(_roles_elsewhere(snapshot), tally)

    def _decode(self, kind: ObservedKind) -> None:
        waiting = self._waiting.pop(kind)
        page = decode_list(kind, page_of([item for item, _ in waiting]), self._interner)
        for record, (_, place) in zip(page.records, waiting, strict=True):
            if not self._world.take(kind, record, place):
                self._variants.setdefault(place.file, World()).take(kind, record, place)


class World:
    """Objects that are seen together, each once, and where they stand."""

    def __init__(self) -> None:
        """Start empty."""
        self.places: dict[ObjectRef, Place] = {}
        self._records: dict[ObservedKind, dict[ObjectRef, Record]] = defaultdict(dict)

    def take(self, kind: ObservedKind, record: Record, place: Place) -> bool:
        """Take an object in; False where one of its name is there with other content."""
        ref = ref_of(kind, record)
        known = self._records[kind].setdefault(ref, record)
        self.places.setdefault(ref, place)
        return known is record or known == record

    def take_in_file(self, file: int, other: "World") -> None:
        """Take in what another world has of one file."""
        for kind, records in other._records.items():  # noqa: SLF001 - one of its own
            for ref, record in records.items():
                if other.places[ref].file == file:
                    self.take(kind, record, other.places[ref])

    def namespaces(self) -> Mapping[str, Place]:
        """The namespaces that objects are in or give rights to, with the first of those objects."""
        found: dict[str, Place] = {}
        for records in self._records.values():
            for ref, record in records.items():
                for name in _concerned(record):
                    if name:
                        found.setdefault(name, self.places[ref])
        return dict(sorted(found.items()))

    def gathered(self, *, complete: bool) -> Gathered:
        """The objects as if a cluster had listed them."""
        rbac_ = [each for kind in RBAC_KINDS for each in self._records[kind].values()]
        roles = [each for each in rbac_ if isinstance(each, Role)]
        bindings = [each for each in rbac_ if isinstance(each, RoleBinding)]
        filled = {role.ref: role for role in with_given(roles, bindings)}
        listed = {
            kind: _listed(kind, self._replaced(kind, filled), complete=complete)
            for kind in (*CORE_KINDS, *SOURCE_KINDS, *OPTIONAL_KINDS)
        }
        core = {each.kind.evidence: each for each in listed.values() if not each.kind.optional}
        optional = tuple(each for each in listed.values() if each.kind.optional)
        rbac = index_of(entry for kind in RBAC_KINDS for entry in listed[kind].store)
        return Gathered(core, optional, rbac, everywhere=True)

    def _replaced(self, kind: ObservedKind, roles: Mapping[ObjectRef, Role]) -> list[Record]:
        if kind.evidence is Evidence.CLUSTER_ROLES:
            return [role for ref, role in roles.items() if ref.kind == "ClusterRole"]
        return list(self._records[kind].values())


def _roles_elsewhere(snapshot: Snapshot) -> frozenset[Evidence]:
    """The kinds of roles that are bound and in no file: nobody knows what they grant."""
    bound = (*snapshot.role_bindings, *snapshot.cluster_role_bindings)
    kinds = {each.binding.role.kind for each in bound if each.role is None}
    return frozenset(_ROLES[kind] for kind in kinds if kind in _ROLES)


_ROLES = {"Role": Evidence.ROLES, "ClusterRole": Evidence.CLUSTER_ROLES}


def _concerned(record: Record) -> frozenset[str]:
    """The namespaces that an object says something about."""
    match record:
        case Namespace():
            return frozenset({record.meta.name})
        case RoleBinding():
            return reached(record) | {record.meta.namespace}
    return frozenset({record.meta.namespace})


def _listed(kind: ObservedKind, records: list[Record], *, complete: bool) -> Listed:
    """Namespaces are created by other means than files, too, and so are never all there."""
    store = Store(namespaced=kind.namespaced)
    store.replace(records)
    if complete and kind.evidence is not Evidence.NAMESPACES:
        return Listed(kind, store)
    return Listed(kind, store, EvidenceGap(kind.evidence, GapReason.PARTIAL, "files may lack some"))
