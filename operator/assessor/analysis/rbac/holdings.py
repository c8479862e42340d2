"""Who holds what by several bindings, and which risks that makes."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from assessor.analysis.memo import once_per_snapshot
from assessor.analysis.rbac.atoms import NOTHING
from assessor.analysis.rbac.behind import origins_of
from assessor.analysis.rbac.bindings import own_bindings, scope_of, subjects_of
from assessor.analysis.rbac.directory import Key, key_of, keys_of
from assessor.analysis.rbac.grants import effective
from assessor.analysis.rbac.halves import (
    NEITHER,
    Halves,
    applying_rules,
    halves_of,
    may_meet,
    united_halves,
)
from assessor.analysis.rbac.requests import Identity, identity_of
from assessor.analysis.rbac.risks import Hit
from assessor.analysis.rbac.union import RELEVANT, Joint, Part, joint, united
from assessor.inventory.rbac import BoundRole, ClusterGrants, Subject
from assessor.inventory.snapshot import Snapshot
from assessor.kernel.refs import ObjectRef


class Held(Struct, frozen=True):
    """A binding, and what it adds to any combination."""

    bound: BoundRole
    part: Part

    @property
    def halves(self) -> Halves:
        """What it adds to a creation by name."""
        return halves_of(self.bound.role)


class Lump(Struct, frozen=True):
    """Several bindings as one."""

    part: Part
    halves: Halves


class Combination(Struct, frozen=True):
    """A risk of one subject by the bindings ``behind`` it, of which the first is an own one."""

    subject: Subject
    hit: Hit
    behind: tuple[BoundRole, ...]


def combinations(snapshot: Snapshot) -> Iterator[Combination]:
    """The risks that a subject of the namespace's bindings has by several of them together.

    What is so for a group already is not told again of its members.
    """
    told: list[tuple[Identity, Hit]] = []
    known: dict[tuple[int, ...], tuple[Joint, ...]] = {}
    for identity, subject in _named(snapshot).items():
        here, beyond = _held(identity, snapshot), _granted(identity, snapshot)
        # Thousands may hold the same.
        key = (*map(id, here), *map(id, beyond))
        if key not in known:
            known[key] = joint(_parts(here, beyond), snapshot.namespace.meta.name)
        for found in known[key]:
            if not _is_told(identity, found.hit, told):
                told.append((identity, found.hit))
                yield Combination(subject, found.hit, _behind(found, _all(here, beyond)))


def parts_of(several: Sequence[Held]) -> tuple[Part, ...]:
    """What bindings add, with their rules where these may make a creation by name together."""
    if may_meet([each.halves for each in several]):
        return tuple(map(_whole, several))
    return tuple(each.part for each in several)


def _parts(here: Sequence[Held], beyond: Sequence[ClusterGrants]) -> tuple[Part, ...]:
    """As above, the cluster's bindings of each name of a subject as one if that is enough."""
    if not beyond:
        return parts_of(here)
    lumps = [_lump(grants) for grants in beyond]
    if may_meet([*(each.halves for each in here), *(each.halves for each in lumps)]):
        return tuple(map(_whole, _all(here, beyond)))
    return *(each.part for each in here), *(each.part for each in lumps)


def _all(here: Iterable[Held], beyond: Iterable[ClusterGrants]) -> list[Held]:
    return [*here, *(each for grants in beyond for each in _each(grants))]


def _whole(each: Held) -> Part:
    """All that a binding grants, and its rules that another's may complete."""
    role, part = each.bound.role, each.part
    if role is None:
        return part
    scope = scope_of(each.bound)
    rules = tuple(applying_rules(role, scope.namespace))
    return Part(effective(role, scope), part.cluster, part.own, rules)


def held(bound: BoundRole, *, own: bool) -> Held:
    """A binding with what it adds."""
    if bound.role is None:
        return Held(bound, Part(NOTHING, cluster=False, own=own))
    scope = scope_of(bound)
    return Held(bound, Part(effective(bound.role, scope).within(RELEVANT), scope.cluster, own))


def _is_told(identity: Identity, hit: Hit, told: Iterable[tuple[Identity, Hit]]) -> bool:
    """Whether a group that the identity is in has the same risk, as bad."""
    return any(
        known.risk == hit.risk and known.severity >= hit.severity
        for group, known in told
        if not group.user and group.groups <= identity.groups
    )


def _behind(found: Joint, everything: Iterable[Held]) -> tuple[BoundRole, ...]:
    """The bindings that make a risk: own ones first, those of the namespace before the cluster's.

    What is so everywhere takes none of a namespace.
    """
    counting = [each for each in everything if each.part.cluster >= found.cluster]
    applying = _applying(found.applied, counting) if found.applied else ()
    rest = found.hit.mask & ~found.applied
    making = {
        each.bound.binding.ref: each
        for each in counting
        if each.part.powers.any & rest or each.bound.binding.ref in applying
    }
    return tuple(each.bound for each in sorted(making.values(), key=_order))


def _applying(mask: int, several: Iterable[Held]) -> frozenset[ObjectRef]:
    """The bindings whose rules grant a half of what only several grant together."""
    wholes = [(each.bound.binding.ref, rule) for each in several for rule in _whole(each).rules]
    origins = origins_of([rule for _, rule in wholes])
    return frozenset(
        ref for (ref, _), origin in zip(wholes, origins, strict=True) if origin.together & mask
    )


def _order(each: Held) -> tuple[bool, bool, str]:
    return not each.part.own, each.part.cluster, each.bound.binding.meta.name


@once_per_snapshot
def _relevant(snapshot: Snapshot) -> tuple[Held, ...]:
    """The bindings that add to a combination: own ones, and those to groups of every account."""
    own = [held(bound, own=True) for bound in own_bindings(snapshot)]
    common = [held(bound, own=False) for bound in snapshot.common_bindings]
    several = [*own, *common]
    named = _creates_by_name(several, snapshot)
    return tuple(
        each
        for each in several
        if each.part.powers != NOTHING or (named and each.halves is not NEITHER)
    )


def _creates_by_name(several: Iterable[Held], snapshot: Snapshot) -> bool:
    """Whether any binding lets create by name: few do, and then patches matter as well."""
    if any(each.halves.creates for each in several):
        return True
    return any(_lump(grants).halves.creates for grants in snapshot.cluster_grants.values())


@once_per_snapshot
def _by_key(snapshot: Snapshot) -> Mapping[Key, tuple[Held, ...]]:
    found: dict[Key, list[Held]] = defaultdict(list)
    for each in _relevant(snapshot):
        for key in dict.fromkeys(map(key_of, _holders(each, snapshot))):
            if key:
                found[key].append(each)
    return {key: tuple(several) for key, several in found.items()}


def _holders(each: Held, snapshot: Snapshot) -> tuple[Subject, ...]:
    """Of the namespace's own those that it answers for: a ClusterRoleBinding names others, too."""
    return subjects_of(each.bound, snapshot) if each.part.own else each.bound.binding.subjects


def _named(snapshot: Snapshot) -> Mapping[Identity, Subject]:
    """The identities that own bindings name, however spelled; groups first, the widest first."""
    named = {
        identity_of(subject): subject
        for each in _relevant(snapshot)
        if each.part.own
        for subject in subjects_of(each.bound, snapshot)
    }
    return dict(sorted(named.items(), key=lambda item: (item[0].user, len(item[0].groups))))


def _held(identity: Identity, snapshot: Snapshot) -> list[Held]:
    """What adds to a combination of an identity here, each binding once."""
    by_key = _by_key(snapshot)
    several = (each for key in keys_of(identity) for each in by_key.get(key, ()))
    return list({id(each): each for each in several}.values())


def _granted(identity: Identity, snapshot: Snapshot) -> tuple[ClusterGrants, ...]:
    """The cluster's bindings to it that are not the namespace's own."""
    grants = snapshot.cluster_grants
    return tuple(grants[key] for key in keys_of(identity) if key in grants) if grants else ()


def _lump(grants: ClusterGrants) -> Lump:
    """All that they add, as one; derived once for all namespaces."""
    kept = vars(grants)
    if "lump" not in kept:
        several = tuple(_each(grants))
        part = Part(united(each.part for each in several), cluster=True, own=False)
        kept["lump"] = Lump(part, united_halves(each.halves for each in several))
    lump: Lump = kept["lump"]
    return lump


def _each(grants: ClusterGrants) -> Iterator[Held]:
    return (held(bound, own=False) for bound in grants.bindings)
