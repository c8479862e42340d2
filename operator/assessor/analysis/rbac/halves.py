"""Creation by server-side apply, where one binding grants the create and another the patch.

An apply that creates is asked about as both verbs by the object's name ("Server-Side Apply"), each
of which the authorizer looks for in all bindings of the subject.
"""

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from assessor.analysis.rbac.atom_table import INDEX
from assessor.analysis.rbac.atoms import NOTHING, Powers
from assessor.analysis.rbac.effect import effective_rule
from assessor.inventory.rbac import PolicyRule, Role


class Halves(Struct, frozen=True):
    """Masks of atoms: what rules let create by name if another lets patch it, and what patch.

    Few roles create by name, so that this tells fast that there is nothing to put together.
    """

    creates: int = 0
    patches: int = 0

    def __or__(self, other: "Halves") -> "Halves":
        """Those of both."""
        return Halves(self.creates | other.creates, self.patches | other.patches)


NEITHER = Halves()


def halves_of(role: Role | None) -> Halves:
    """Those of a role, wherever it is granted; derived once for each role."""
    if role is None:
        return NEITHER
    kept = vars(role)
    if "halves" not in kept:
        kept["halves"] = united_halves(_halves(rule) for rule in role.rules)
    halves: Halves = kept["halves"]
    return halves


def united_halves(several: Iterable[Halves]) -> Halves:
    """Those of all."""
    joint = NEITHER
    for each in several:
        if each is not NEITHER:
            joint |= each
    return joint


def may_meet(several: Sequence[Halves]) -> bool:
    """Whether a create and a patch may be of one object."""
    if not any(each.creates for each in several):
        return False
    joint = united_halves(several)
    return bool(joint.creates & joint.patches)


def applying_rules(role: Role, namespace: str) -> Iterator[PolicyRule]:
    """The rules that are a half, as a binding in ``namespace`` (``""``: the cluster's) has them."""
    for rule in role.rules:
        kept = effective_rule(rule, namespace)
        if kept is not None and _halves(kept) is not NEITHER:
            yield kept


def applied(rules: Iterable[PolicyRule], *, cluster: bool) -> Powers:
    """What rules of any bindings let create together; ``cluster``: all are the cluster's."""
    powers = INDEX.powers(rules).within(INDEX.created)
    return powers if cluster or powers == NOTHING else powers.without(INDEX.cluster)


def _halves(rule: PolicyRule) -> Halves:
    creates, patches = INDEX.create_of(rule), INDEX.patch_of(rule)
    return Halves(creates, patches) if creates or patches else NEITHER
