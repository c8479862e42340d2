"""From rules to masks of atoms."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from msgspec import structs

from assessor.analysis.rbac.applying import NOWHERE, Patched
from assessor.analysis.rbac.atoms import ALL, ANY_KIND, AXES, EVERYTHING, WILDCARDS, Atom, Powers
from assessor.analysis.rbac.effect import has_namespace, is_void
from assessor.inventory.rbac import PolicyRule

_PATCHES = frozenset({"patch", ALL})
_CREATES = frozenset({"create", ALL})


class AtomIndex:
    """Turns rules into masks over a fixed table of atoms."""

    def __init__(self, atoms: Iterable[Atom]) -> None:
        """Give each atom its bit, and each value of each axis the mask of the atoms it reaches."""
        self.bits: dict[str, int] = {name: 1 << number for number, name in enumerate(WILDCARDS)}
        self.cluster = self.created = self._any_resource = self._any_group = 0
        self._free = self._subresources = 0
        self._verbs: dict[str, int] = defaultdict(int)
        self._verbs_by_name: dict[str, int] = defaultdict(int)
        self._groups: dict[str, int] = defaultdict(int)
        self._resources: dict[str, int] = defaultdict(int)
        self._names: dict[str, int] = defaultdict(int)
        self._prefixes: dict[str, int] = defaultdict(int)
        for atom in atoms:
            self._add(atom, 1 << len(self.bits))
        every = (1 << len(self.bits)) - (1 << len(WILDCARDS))
        self._unconfined = every & ~_union((*self._names.values(), *self._prefixes.values()))
        for axis in (self._verbs, self._groups, self._resources):
            axis[ALL] = every

    def _add(self, atom: Atom, bit: int) -> None:
        self.bits[atom.id] = bit
        for verb in atom.verbs:
            self._verbs[verb] |= bit
            if atom.by_name(verb):
                self._verbs_by_name[verb] |= bit
                self._verbs_by_name[ALL] |= bit
        for resource in atom.resources:
            for spelling in _spellings(resource):
                self._resources[spelling] |= bit
        for name in atom.names:
            self._names[name] |= bit
        for prefix in atom.prefixes:
            self._prefixes[prefix] |= bit
        self._groups[atom.group] |= bit
        self._any_group |= bit if atom.group == ALL else 0
        self._any_resource |= bit if ALL in atom.resources else 0
        self.created |= bit if atom.is_created else 0
        self._free |= bit if atom.free else 0
        self._subresources |= bit if atom.subresources else 0
        self.cluster |= bit if atom.cluster else 0

    def mask(self, *ids: str) -> int:
        """The mask of some atoms; KeyError for one that is not in the table."""
        return _union(self.bits[each] for each in ids)

    def powers(self, rules: Iterable[PolicyRule]) -> Powers:
        """What ``rules`` grant of the table's atoms.

        Objects whose names are given are created by server-side apply: a patch that names them,
        for which the authorizer is asked about create by that name as well ("Server-Side Apply").
        So a named create counts if a rule grants patch on one of its names, and as one of any
        object where the name tells nothing of what is made.
        """
        known = tuple(rules)
        patched = self.patched(known)
        unnamed = named = wild = wild_named = 0
        for rule in known:
            wildcards = self._wildcards(rule)
            if rule.resource_names:
                mask = self._by_name(rule)
                unnamed |= mask & self._pointed_at(rule)
                applied = self.applied(rule, patched)
                mask = (mask | applied) & self._unconfined
                if wildcards:
                    wild |= applied & self._free
                    wild_named |= mask | wildcards
                else:
                    unnamed |= applied & self._free
                    named |= mask
            elif wildcards:
                wild |= self._where(rule) & self._verb_mask(self._verbs, rule) | wildcards
            else:
                unnamed |= self._where(rule) & self._verb_mask(self._verbs, rule)
        return Powers(unnamed, named, wild, wild_named)

    def patched(self, rules: Iterable[PolicyRule]) -> Patched:
        """What rules let patch of what can be created, by name, if any creates by name."""
        several = tuple(rules)
        if not any(map(_creates_by_name, several)):
            return NOWHERE
        return Patched.of((rule, self.patch_of(rule)) for rule in several)

    def patch_of(self, rule: PolicyRule) -> int:
        """What a rule lets patch of what can be created."""
        return 0 if _PATCHES.isdisjoint(rule.verbs) else self._where(rule) & self.created

    def applied(self, rule: PolicyRule, patched: Patched) -> int:
        """What a rule with names lets create, of what some rule lets patch."""
        created = self.create_of(rule)
        return created and created & patched.among(rule.resource_names)

    def create_of(self, rule: PolicyRule) -> int:
        """What a rule with names lets create, where others let patch it."""
        if not _creates_by_name(rule):
            return 0
        return self._where(rule) & self.created & self._verb_mask(self._verbs, rule)

    def _by_name(self, rule: PolicyRule) -> int:
        return self._where(rule) & self._verb_mask(self._verbs_by_name, rule)

    def _where(self, rule: PolicyRule) -> int:
        """The atoms of the rule's groups and resources."""
        groups = _reached(self._groups, rule.api_groups)
        resources = _reached(self._resources, rule.resources)
        if rule.api_groups:
            groups |= self._any_group
        whole = tuple(resource for resource in rule.resources if "/" not in resource)
        if whole:
            resources |= self._any_resource
        if len(whole) < len(rule.resources):
            plurals = (resource.partition("/")[0] for resource in rule.resources)
            either = self._any_resource | _reached(self._resources, plurals)
            resources |= either & self._subresources
        where = groups & resources
        both = where & self._any_group & self._any_resource
        return where & ~self._outside(rule, whole, both) if both else where

    def _outside(self, rule: PolicyRule, whole: tuple[str, ...], both: int) -> int:
        """Those of whatever resources of whatever group that need a namespace and have none.

        Where they leave out subresources, a rule's tell nothing of a namespace.
        """
        outside = 0
        if not has_namespace(rule):
            outside |= both & self._subresources
        if not has_namespace(structs.replace(rule, resources=whole)):
            outside |= both & ~self._subresources
        return outside

    def _verb_mask(self, axis: Mapping[str, int], rule: PolicyRule) -> int:
        reached = _reached(axis, rule.verbs)
        for verb in rule.verbs:
            if ":" in verb:
                reached |= axis.get(verb[: verb.rindex(":") + 1] + ALL, 0)
        return reached

    def _pointed_at(self, rule: PolicyRule) -> int:
        """The atoms that one of the rule's names is the point of; ``*`` is a name like others."""
        reached = _union(self._names.get(name, 0) for name in rule.resource_names)
        for prefix, mask in self._prefixes.items():
            if any(each.startswith(prefix) for each in rule.resource_names):
                reached |= mask
        return reached

    def _wildcards(self, rule: PolicyRule) -> int:
        axes = (rule.resources, rule.api_groups, rule.verbs)
        if not all(axes) or all(map(is_void, rule.resources)):
            return 0
        found = [ALL in axis for axis in axes]
        if all(found):
            return self.bits[EVERYTHING]
        mask = sum(self.bits[axis] for axis, there in zip(AXES, found, strict=True) if there)
        return mask | (self.bits[ANY_KIND] if found[0] and found[1] else 0)


def _creates_by_name(rule: PolicyRule) -> bool:
    return bool(rule.resource_names) and not _CREATES.isdisjoint(rule.verbs)


def _reached(axis: Mapping[str, int], values: Iterable[str]) -> int:
    reached = 0
    for value in values:
        if value == ALL:
            return axis[ALL]
        reached |= axis.get(value, 0)
    return reached


def _spellings(resource: str) -> Iterator[str]:
    """How rules may spell a resource, besides ``*``."""
    if resource != ALL:
        yield resource
    _, slash, subresource = resource.partition("/")
    if slash:
        yield f"*/{subresource}"


def _union(masks: Iterable[int]) -> int:
    joint = 0
    for mask in masks:
        joint |= mask
    return joint
