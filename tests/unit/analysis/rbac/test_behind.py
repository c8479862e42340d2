"""Which rules of a role a risk is told by."""

import sys

from assessor.analysis.rbac.atom_table import INDEX
from assessor.analysis.rbac.behind import rules_behind
from assessor.analysis.rbac.grants import Scope, hits_of
from assessor.inventory.meta import Meta
from assessor.inventory.rbac import PolicyRule, Role
from tests.unit.analysis.rbac.risk_cases import Rights, may

PODS = INDEX.mask("pods-create")
PAIRS = 100


def role_of(rights: Rights) -> Role:
    """A role of these rules."""
    return Role(Meta("role", "example", "role", {}), rights)


def test_both_rules_of_an_apply_are_told() -> None:
    """The one that lets create and each that lets patch it; others are not."""
    create = may("create", "pods", names="one")
    named, unnamed = may("patch", "pods", names="one"), may("patch", "pods")
    foreign = may("patch", "pods", names="other")
    assert rules_behind(role_of(create + named + foreign), PODS) == create + named
    assert rules_behind(role_of(create + unnamed + foreign), PODS) == create + unnamed
    assert rules_behind(role_of(create + named + unnamed), PODS) == create + named + unnamed


def test_a_rule_that_grants_alone_is_told_alone() -> None:
    """The parts of what takes several are then of no importance."""
    alone = may("create", "pods")
    parts = may("create", "pods", names="one") + may("patch", "pods", names="one")
    assert rules_behind(role_of(parts + alone), PODS) == alone


def test_twice_the_rules_are_twice_the_work() -> None:
    """A tenant writes its own Roles: thousands of rules must not hold up judging."""
    assert calls(2 * PAIRS) < 3 * calls(PAIRS)


def calls(pairs: int) -> int:
    """Functions called to judge a role of so many pairs, and to tell by which rules."""
    rights: tuple[PolicyRule, ...] = ()
    for number in range(pairs):
        rights += may("create", "secrets pods", names=f"n{number}")
        rights += may("patch", "secrets pods", names=f"n{number}")
    role, counted = role_of(rights), [0]

    def count(*_: object) -> None:
        counted[0] += 1

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        found = hits_of(role, Scope("example"))
        told = rules_behind(role, found[0].mask)
    finally:
        sys.setprofile(before)
    assert len(told) == 2 * pairs
    return counted[0]
