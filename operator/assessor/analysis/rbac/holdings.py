"""Who holds what by several bindings, and which risks that makes."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from assessor.analysis.memo import once_per_snapshot
from assessor.analysis.rbac.atoms import NOTHING
from assessor.analysis.rbac.bindings import own_bindings, scope_of, subjects_of
from assessor.analysis.rbac.directory import Key, key_of, keys_of
from assessor.analysis.rbac.grants import effective
from assessor.analysis.rbac.requests import Identity, identity_of
from assessor.analysis.rbac.risks import Hit
from assessor.analysis.rbac.union import RELEVANT, Joint, Part, joint, united
from assessor.inventory.rbac import BoundRole, ClusterGrants, Subject
from assessor.inventory.snapshot import Snapshot


class Held(Struct, frozen=True):
    """A binding, and what it adds to any combination."""

    bound: BoundRole
    part: Part


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
    for identity, subject in _named(snapshot).items():
        here, beyond = _held(identity, snapshot), _granted(identity, snapshot)
        parts = (*(each.part for each in here), *map(_lump, beyond))
        for found in joint(parts, snapshot.namespace.meta.name):
            if not _is_told(identity, found.hit, told):
                told.append((identity, found.hit))
                everything = [*here, *(held for grants in beyond for held in _each(grants))]
                yield Combination(subject, found.hit, _behind(found, everything))


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
    making = {
        each.bound.binding.ref: each
        for each in everything
        if each.part.powers.any & found.hit.mask and each.part.cluster >= found.cluster
    }
    return tuple(each.bound for each in sorted(making.values(), key=_order))


def _order(each: Held) -> tuple[bool, bool, str]:
    return not each.part.own, each.part.cluster, each.bound.binding.meta.name


@once_per_snapshot
def _relevant(snapshot: Snapshot) -> tuple[Held, ...]:
    """The bindings that add to a combination: own ones, and those to groups of every account."""
    own = (held(bound, own=True) for bound in own_bindings(snapshot))
    common = (held(bound, own=False) for bound in snapshot.common_bindings)
    return tuple(each for each in (*own, *common) if each.part.powers != NOTHING)


@once_per_snapshot
def _by_key(snapshot: Snapshot) -> Mapping[Key, tuple[Held, ...]]:
    found: dict[Key, list[Held]] = defaultdict(list)
    for each in _relevant(snapshot):
        for key in dict.fromkeys(map(key_of, each.bound.binding.subjects)):
            if key:
                found[key].append(each)
    return {key: tuple(several) for key, several in found.items()}


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


def _lump(grants: ClusterGrants) -> Part:
    """All that they add, as one; derived once for all namespaces."""
    kept = vars(grants)
    if "lump" not in kept:
        parts = (each.part for each in _each(grants))
        kept["lump"] = Part(united(parts), cluster=True, own=False)
    lump: Part = kept["lump"]
    return lump


def _each(grants: ClusterGrants) -> Iterator[Held]:
    return (held(bound, own=False) for bound in grants.bindings)
