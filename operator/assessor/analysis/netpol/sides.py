"""One side of a connection: what the policies that select its pods decide, tier by tier."""

from collections.abc import Iterator
from functools import cached_property

from msgspec import Struct

from assessor.analysis.netpol.classes import Bits
from assessor.analysis.netpol.portsets import ALL, NONE, NamedPorts, PortSet, union
from assessor.analysis.netpol.rules import Address, Remote, Rule, atoms
from assessor.analysis.spans import intersect, subtract
from assessor.inventory.admin_network import Action


class Verdict(Struct, frozen=True):
    """What is allowed for certain, and what may be; more where something is not known."""

    certain: PortSet
    possible: PortSet

    def __and__(self, other: "Verdict") -> "Verdict":
        """What both sides allow."""
        return Verdict(
            intersect(self.certain, other.certain), intersect(self.possible, other.possible)
        )


EVERYTHING = Verdict(ALL, ALL)
NOTHING_KNOWN = Verdict(NONE, ALL)


class Side(Struct, frozen=True, dict=True):
    """What judges the traffic of one class of pods in one direction.

    ``isolated``: a NetworkPolicy selects them, so that no more than ``rules`` is allowed.
    ``exempt``: on their node's network, where no policy reaches them. ``opaque``: a policy selects
    them, or may, that is written in another engine's language.
    """

    admin: tuple[Rule, ...] = ()
    rules: tuple[Rule, ...] = ()
    baseline: tuple[Rule, ...] = ()
    isolated: bool = False
    exempt: bool = False
    opaque: bool = False
    others: tuple["Side", ...] = ()
    """The same with rules of equal priority in other orders."""

    @property
    def ways(self) -> tuple["Side", ...]:
        """Every order in which its rules may count, this one first."""
        return (self, *self.others)

    @cached_property
    def atoms(self) -> tuple[Address, ...]:
        """An address of each part of the world that its rules tell apart; none without blocks."""
        given = (*self.admin, *self.rules, *self.baseline)
        return atoms(given) if any(rule.blocks for rule in given) else ()

    @cached_property
    def undetermined(self) -> bool:
        """Whether a rule names nodes or domain names."""
        return any(rule.undetermined for rule in (*self.admin, *self.baseline))

    @cached_property
    def candidates(self) -> Bits | None:
        """The classes that its rules may allow; None where that may be any."""
        if self.exempt or self.opaque or self.admin or not self.isolated or self.atoms:
            return None
        if any(rule.everyone for rule in self.rules):
            return None
        found = 0
        for rule in self.rules:
            found |= rule.pods
        return found

    def decide(self, remote: Remote, names: NamedPorts) -> PortSet:
        """The ports that it allows to or from ``remote``; ``names`` are the destination's."""
        if self.exempt:
            return ALL
        rest, allowed = ALL, NONE
        if self.admin:
            allowed, passed = self._tier(self.admin, rest, remote, names)
            rest = passed
        if not rest:
            return allowed
        if self.isolated:
            given = [rule.ports(names) for rule in self.rules if rule.matches(remote)]
            return union((allowed, intersect(rest, union(given))))
        if self.baseline:
            accepted, rest = self._tier(self.baseline, rest, remote, names)
            return union((allowed, accepted, rest))
        return union((allowed, rest))

    def _tier(
        self, rules: tuple[Rule, ...], rest: PortSet, remote: Remote, names: NamedPorts
    ) -> tuple[PortSet, PortSet]:
        """What a tier allows of ``rest``, and what it leaves to the next one."""
        allowed, passed = NONE, NONE
        for rule, hit in hits(rules, rest, remote, names):
            rest = subtract(rest, hit)
            if rule.action is Action.ALLOW:
                allowed = union((allowed, hit))
            elif rule.action is Action.PASS:
                passed = union((passed, hit))
        return allowed, union((passed, rest))

    def decisive(
        self, remote: Remote, names: NamedPorts, port: PortSet
    ) -> Iterator[tuple[Rule, bool]]:
        """The rules that match one port, in the order in which they count; True: this decides."""
        for tier in (self.admin, self.rules if self.isolated else self.baseline):
            for rule in tier:
                if rule.matches(remote) and intersect(port, rule.ports(names)):
                    decides = rule.action is not Action.PASS
                    yield rule, decides
                    if decides:
                        return
                    break


def hits(
    rules: tuple[Rule, ...], ports: PortSet, remote: Remote, names: NamedPorts
) -> Iterator[tuple[Rule, PortSet]]:
    """The rules of a tier in their order, each with those of ``ports`` that it decides."""
    rest = ports
    for rule in rules:
        if not rest:
            return
        if rule.matches(remote) and (hit := intersect(rest, rule.ports(names))):
            rest = subtract(rest, hit)
            yield rule, hit


def joined(found: list[PortSet]) -> Verdict:
    """One verdict from those of every way it may be: certain is what all of them allow."""
    certain, possible = found[0], found[0]
    for each in found[1:]:
        if each != certain:
            certain = intersect(certain, each)
        if each != possible:
            possible = union((possible, each))
    return Verdict(certain, possible)
