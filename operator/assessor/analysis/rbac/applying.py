"""Creation by server-side apply: what rules let patch, by the names of the objects."""

from collections.abc import Iterable, Mapping

from msgspec import Struct

from assessor.inventory.rbac import PolicyRule


class Patched(Struct, frozen=True):
    """Masks of atoms that rules reach: on all objects, on those of a name, and on any at all.

    An index, since each rule with names asks it: a tenant writes Roles of thousands of rules.
    """

    anywhere: int
    named: Mapping[str, int]
    everything: int

    @classmethod
    def of(cls, reached: Iterable[tuple[PolicyRule, int]]) -> "Patched":
        """From rules, each with what it reaches."""
        anywhere = everything = 0
        named: dict[str, int] = {}
        for rule, mask in reached:
            everything |= mask
            if not rule.resource_names:
                anywhere |= mask
            for name in rule.resource_names:
                named[name] = named.get(name, 0) | mask
        return cls(anywhere, named, everything)

    def by(self, rule: PolicyRule) -> int:
        """What is reached on any of the rule's objects."""
        return self.among(rule.resource_names) if rule.resource_names else self.everything

    def among(self, names: Iterable[str]) -> int:
        """What is reached on any of these names."""
        joint = self.anywhere
        for name in names:
            joint |= self.named.get(name, 0)
        return joint


NOWHERE = Patched(0, {}, 0)
