"""Masks over atoms agree with the authorizer, rule by rule."""

from hypothesis import given, settings
from hypothesis import strategies as st

from assessor.analysis.rbac.atom_table import ATOMS, INDEX
from assessor.analysis.rbac.atoms import WILDCARDS, Atom
from assessor.analysis.rbac.matching import allows
from assessor.analysis.rbac.requests import Request
from assessor.inventory.rbac import PolicyRule

VERBS = sorted({verb for atom in ATOMS for verb in atom.verbs} | {"get", "*"})
GROUPS = sorted({atom.group for atom in ATOMS} | {"*", "example.test"})
RESOURCES = sorted(
    {resource for atom in ATOMS for resource in atom.resources}
    | {"*", "*/proxy", "*/token", "pods/*", "pods/log", "widgets"}
)
NAMES = ("coredns", "other")


def some(values: list[str]) -> st.SearchStrategy[tuple[str, ...]]:
    """A few of them."""
    return st.lists(st.sampled_from(values), min_size=1, max_size=3, unique=True).map(tuple)


names = st.one_of(st.just(()), st.lists(st.sampled_from(NAMES), max_size=2).map(tuple))
rules = st.builds(PolicyRule, some(VERBS), some(GROUPS), some(RESOURCES), names)


def requests(atom: Atom, name: str) -> list[Request]:
    """Every request that the atom stands for, for an object of that name where it can have one."""
    made = []
    for resource in RESOURCES if atom.resources == ("*",) else atom.resources:
        plural, _, subresource = resource.partition("/")
        for verb in atom.verbs:
            named = name if atom.by_name(verb) else ""
            made.append(Request(verb, plural, atom.group, subresource, "n", named))
    return made


@settings(deadline=None, max_examples=300)
@given(rules)
def test_a_rule_grants_an_atom_if_it_allows_one_of_its_requests(rule: PolicyRule) -> None:
    """On any object in `unnamed` or `wild`, on the named ones only in `named`."""
    powers = INDEX.powers((rule,))
    assert not powers.unnamed & powers.wild
    for atom in ATOMS:
        bit = INDEX.bits[atom.id]
        anyone = any(allows(rule, request) for request in requests(atom, "nobody"))
        assert bool(powers.held & bit) == anyone, atom.id
        mine = [atom.name] if atom.name else NAMES
        if not anyone:
            named = any(allows(rule, each) for name in mine for each in requests(atom, name))
            assert bool(powers.named & bit) == named, atom.id


@settings(deadline=None)
@given(st.lists(rules, max_size=4))
def test_rules_add_up(given_rules: list[PolicyRule]) -> None:
    """A role is the OR of its rules."""
    joint = INDEX.powers(())
    for rule in given_rules:
        joint |= INDEX.powers((rule,))
    assert INDEX.powers(given_rules) == joint


def test_atoms_are_told_apart() -> None:
    """Each has a bit of its own, and none is called like a wildcard."""
    ids = [atom.id for atom in ATOMS]
    assert len(set(ids)) == len(ids)
    assert not set(ids) & set(WILDCARDS)
