"""From rules to masks of atoms."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from msgspec import structs

from assessor.analysis.rbac.atoms import ALL, EVERYTHING, WILDCARDS, Atom, Powers
from assessor.analysis.rbac.effect import has_namespace
from assessor.inventory.rbac import PolicyRule


class AtomIndex:
    """Turns rules into masks over a fixed table of atoms."""

    def __init__(self, atoms: Iterable[Atom]) -> None:
        """Give each atom its bit, and each value of each axis the mask of the atoms it reaches."""
        self.bits: dict[str, int] = {name: 1 << number for number, name in enumerate(WILDCARDS)}
        self.cluster = self._any_resource = self._any_group = self._created = 0
        self._verbs: dict[str, int] = defaultdict(int)
        self._verbs_by_name: dict[str, int] = defaultdict(int)
        self._groups: dict[str, int] = defaultdict(int)
        self._resources: dict[str, int] = defaultdict(int)
        self._names: dict[str, int] = defaultdict(int)
        for atom in atoms:
            self._add(atom, 1 << len(self.bits))
        every = (1 << len(self.bits)) - (1 << len(WILDCARDS))
        self._unconfined = every & ~_union(self._names.values())
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
        self._groups[atom.group] |= bit
        self._any_group |= bit if atom.group == ALL else 0
        self._any_resource |= bit if ALL in atom.resources else 0
        self._created |= bit if atom.is_created else 0
        self.cluster |= bit if atom.cluster else 0

    def mask(self, *ids: str) -> int:
        """The mask of some atoms; KeyError for one that is not in the table."""
        return _union(self.bits[each] for each in ids)

    def powers(self, rules: Iterable[PolicyRule]) -> Powers:
        """What ``rules`` grant of the table's atoms.

        Objects whose names are given are created by server-side apply: a patch that names them,
        for which the authorizer is asked about create by that name as well ("Server-Side Apply").
        So a named create counts if a rule grants patch on one of its names.
        """
        unnamed = named = wild = wild_named = 0
        known = tuple(rules)
        for rule in known:
            where, wildcards = self._where(rule), self._wildcards(rule)
            if rule.resource_names:
                mask = where & self._verb_mask(self._verbs_by_name, rule)
                unnamed |= mask & self._pointed_at(rule)
                mask = (mask | self._applied(rule, where, known)) & self._unconfined
                if wildcards:
                    wild_named |= mask | wildcards
                else:
                    named |= mask
            elif wildcards:
                wild |= where & self._verb_mask(self._verbs, rule) | wildcards
            else:
                unnamed |= where & self._verb_mask(self._verbs, rule)
        return Powers(unnamed, named, wild, wild_named)

    def _where(self, rule: PolicyRule) -> int:
        """The atoms of the rule's groups and resources."""
        groups = _reached(self._groups, rule.api_groups)
        resources = _reached(self._resources, rule.resources)
        if rule.api_groups:
            groups |= self._any_group
        whole = tuple(resource for resource in rule.resources if "/" not in resource)
        if whole:
            resources |= self._any_resource
        where = groups & resources
        both = self._any_group & self._any_resource
        # Subresources reach none of these atoms, so that theirs tells nothing of a namespace.
        if where & both and not has_namespace(structs.replace(rule, resources=whole)):
            return where & ~both
        return where

    def _verb_mask(self, axis: Mapping[str, int], rule: PolicyRule) -> int:
        reached = _reached(axis, rule.verbs)
        for verb in rule.verbs:
            if ":" in verb:
                reached |= axis.get(verb[: verb.rindex(":") + 1] + ALL, 0)
        return reached

    def _pointed_at(self, rule: PolicyRule) -> int:
        """The atoms that one of the rule's names is the point of."""
        reached = _reached(self._names, rule.resource_names)
        for name, mask in self._names.items():
            if name.endswith(ALL):
                beginning = name.removesuffix(ALL)
                if any(each.startswith(beginning) for each in rule.resource_names):
                    reached |= mask
        return reached

    def _applied(self, rule: PolicyRule, where: int, rules: tuple[PolicyRule, ...]) -> int:
        """What a rule with names lets create, since one of ``rules`` lets patch it."""
        where &= self._created
        if not where or not {"create", ALL} & set(rule.verbs):
            return 0
        patched = (
            self._where(each)
            for each in rules
            if {"patch", ALL} & set(each.verbs)
            and (not each.resource_names or set(each.resource_names) & set(rule.resource_names))
        )
        return where & _union(patched) & self._verb_mask(self._verbs, rule)

    def _wildcards(self, rule: PolicyRule) -> int:
        axes = (rule.resources, rule.api_groups, rule.verbs)
        if not all(axes):
            return 0
        found = [ALL in axis for axis in axes]
        if all(found):
            return self.bits[EVERYTHING]
        return sum(
            self.bits[name] for name, there in zip(WILDCARDS[1:], found, strict=True) if there
        )


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
