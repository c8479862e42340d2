"""Rights as bits: each atom is something that a rule may grant and that a risk asks for.

A role becomes a few integers, a subject's rights the OR of its roles', and a risk a mask test, so
that thousands of bindings are judged in milliseconds (rbac.md, "How to be fast").
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from assessor.inventory.rbac import PolicyRule

ALL = "*"
WRITE = ("create", "update", "patch")
CHANGE = ("update", "patch")

EVERYTHING = "everything"
ANY_RESOURCE = "any-resource"
ANY_GROUP = "any-group"
ANY_VERB = "any-verb"
WILDCARDS = (EVERYTHING, ANY_RESOURCE, ANY_GROUP, ANY_VERB)
"""Bits for the wildcards of rules: on all three axes, or on one of them."""


class Atom(Struct, frozen=True):
    """Any of ``verbs`` on any of ``resources`` of one API group.

    ``resources`` of ``*`` are all of the group, whatever they are called. ``cluster``: the
    resources have no namespace, so that a RoleBinding grants nothing on them.
    ``name``: only this object matters, by that name or by none.
    """

    id: str
    group: str
    resources: tuple[str, ...]
    verbs: tuple[str, ...]
    cluster: bool = False
    name: str = ""

    def by_name(self, verb: str) -> bool:
        """Whether a rule with resourceNames allows such requests: those that carry a name.

        Creation has no name yet, except of subresources; deletecollection never has one.
        """
        if verb == "create":
            return all("/" in resource for resource in self.resources)
        return verb != "deletecollection"


class Powers(Struct, frozen=True):
    """What rules grant, as masks of atoms.

    ``unnamed``: by rules without wildcard, on all objects; ``named``: only on ``resourceNames``;
    ``wild``: by rules with a wildcard, which also set that wildcard's own bit.
    """

    unnamed: int = 0
    named: int = 0
    wild: int = 0

    @property
    def held(self) -> int:
        """All that is granted on all objects."""
        return self.unnamed | self.wild

    def __or__(self, other: "Powers") -> "Powers":
        """What both grant together."""
        return Powers(
            self.unnamed | other.unnamed, self.named | other.named, self.wild | other.wild
        )

    def without(self, mask: int) -> "Powers":
        """The same, less the atoms of ``mask``."""
        return Powers(self.unnamed & ~mask, self.named & ~mask, self.wild & ~mask)


NOTHING = Powers()


class AtomIndex:
    """Turns rules into masks over a fixed table of atoms."""

    def __init__(self, atoms: Iterable[Atom]) -> None:
        """Give each atom its bit, and each value of each axis the mask of the atoms it reaches."""
        self.bits: dict[str, int] = {name: 1 << number for number, name in enumerate(WILDCARDS)}
        self.cluster = self._any_resource = 0
        self._verbs: dict[str, int] = defaultdict(int)
        self._verbs_by_name: dict[str, int] = defaultdict(int)
        self._groups: dict[str, int] = defaultdict(int)
        self._resources: dict[str, int] = defaultdict(int)
        self._names: dict[str, int] = defaultdict(int)
        for atom in atoms:
            self._add(atom, 1 << len(self.bits))
        every = (1 << len(self.bits)) - (1 << len(WILDCARDS))
        self._unconfined = every & ~sum(self._names.values())
        for axis in (self._verbs, self._groups, self._resources):
            axis[ALL] = every

    def _add(self, atom: Atom, bit: int) -> None:
        self.bits[atom.id] = bit
        self._groups[atom.group] |= bit
        for verb in atom.verbs:
            self._verbs[verb] |= bit
            if atom.by_name(verb):
                self._verbs_by_name[verb] |= bit
                self._verbs_by_name[ALL] |= bit
        if ALL in atom.resources:
            self._any_resource |= bit
        for resource in atom.resources:
            for spelling in _spellings(resource):
                self._resources[spelling] |= bit
        if atom.name:
            self._names[atom.name] |= bit
        if atom.cluster:
            self.cluster |= bit

    def mask(self, *ids: str) -> int:
        """The mask of some atoms; KeyError for one that is not in the table."""
        return sum({self.bits[each] for each in ids})

    def powers(self, rules: Iterable[PolicyRule]) -> Powers:
        """What ``rules`` grant of the table's atoms."""
        unnamed = named = wild = 0
        for rule in rules:
            where = self._reached(self._groups, rule.api_groups)
            where &= self._reached(self._resources, rule.resources) | self._any_resource
            if rule.resource_names:
                verbs = self._reached(self._verbs_by_name, rule.verbs)
                named |= where & verbs & self._confined(rule.resource_names)
                continue
            mask = where & self._reached(self._verbs, rule.verbs)
            wildcards = self._wildcards(rule)
            if wildcards:
                wild |= mask | wildcards
            else:
                unnamed |= mask
        return Powers(unnamed, named, wild)

    def _reached(self, axis: Mapping[str, int], values: Iterable[str]) -> int:
        reached = 0
        for value in values:
            if value == ALL:
                return axis[ALL]
            reached |= axis.get(value, 0)
        return reached

    def _confined(self, names: Iterable[str]) -> int:
        wanted = self._unconfined
        for name in names:
            wanted |= self._names.get(name, 0)
        return wanted

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


def _spellings(resource: str) -> Iterator[str]:
    """How rules may spell a resource, besides ``*``."""
    yield resource
    _, slash, subresource = resource.partition("/")
    if slash:
        yield f"*/{subresource}"
