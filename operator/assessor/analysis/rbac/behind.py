"""The rules of a role that make a risk of it, to be told."""

from collections.abc import Sequence

from msgspec import Struct

from assessor.analysis.rbac.applying import Patched
from assessor.analysis.rbac.atom_table import INDEX
from assessor.analysis.rbac.effect import effective_rule
from assessor.inventory.rbac import PolicyRule, Role


class Origin(Struct, frozen=True):
    """What a rule grants alone, and what it has a part in: a create or a patch of an apply."""

    alone: int
    together: int


def rules_behind(role: Role, mask: int, namespace: str = "") -> tuple[PolicyRule, ...]:
    """The rules of a role that grant any atom of ``mask``, alone or only together.

    Of a RoleBinding in ``namespace`` only those that take effect there.
    """
    origins = _origins(role)
    together = mask
    for origin in origins:
        together &= ~origin.alone
    return tuple(
        rule
        for rule, origin in zip(role.rules, origins, strict=True)
        if (origin.alone & mask or origin.together & together)
        and effective_rule(rule, namespace) is not None
    )


def _origins(role: Role) -> tuple[Origin, ...]:
    """Of each rule; derived once for each role that is told of."""
    kept = vars(role)
    if "origins" not in kept:
        kept["origins"] = origins_of(role.rules)
    origins: tuple[Origin, ...] = kept["origins"]
    return origins


def origins_of(rules: Sequence[PolicyRule]) -> tuple[Origin, ...]:
    """Of each of some rules that one subject holds."""
    patched = INDEX.patched(rules)
    applied = [INDEX.applied(rule, patched) for rule in rules]
    created = Patched.of(zip(rules, applied, strict=True))
    return tuple(
        Origin(INDEX.powers((rule,)).any, mask | INDEX.patch_of(rule) & created.by(rule))
        for rule, mask in zip(rules, applied, strict=True)
    )
