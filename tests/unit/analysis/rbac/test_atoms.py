"""Masks over atoms agree with the authorizer, rule by rule."""

from collections.abc import Iterator, Sequence

import msgspec
from hypothesis import example, given, settings
from hypothesis import strategies as st

from assessor.analysis.rbac.atom_table import ATOMS, INDEX
from assessor.analysis.rbac.atoms import ALL, WILDCARDS, Atom
from assessor.analysis.rbac.matching import allows
from assessor.analysis.rbac.requests import Request
from assessor.inventory.builtins import BUILTINS
from assessor.inventory.rbac import PolicyRule


def spelled(verb: str) -> str:
    """A verb as a rule has it: one of all those that begin so."""
    return verb.replace(":*", ":list")


VERBS = sorted({spelled(verb) for atom in ATOMS for verb in atom.verbs} | {"get", "*"})
GROUPS = sorted({atom.group for atom in ATOMS} | {"*", "example.test"})
RESOURCES = sorted(
    {resource for atom in ATOMS for resource in atom.resources}
    | {"*", "*/proxy", "*/token", "*/scale", "pods/*", "pods/log", "widgets"}
)
CLUSTER = {(each.group, each.plural) for each in BUILTINS if not each.namespaced}
NAMES = ("coredns", "other", "cluster-admin", "system:masters", "system:controller:x")


def some(values: list[str]) -> st.SearchStrategy[tuple[str, ...]]:
    """A few of them."""
    return st.lists(st.sampled_from(values), min_size=1, max_size=3, unique=True).map(tuple)


names = st.one_of(st.just(()), st.lists(st.sampled_from(NAMES), max_size=2).map(tuple))
rules = st.builds(PolicyRule, some(VERBS), some(GROUPS), some(RESOURCES), names)


def targets(atom: Atom, given_rules: Sequence[PolicyRule]) -> Iterator[tuple[str, str]]:
    """Group and resource of all that the atom is about; of "all" what rules speak of is enough."""
    spoken = {resource for rule in given_rules for resource in rule.resources}
    plain = [each for each in {*spoken, "widgets", "nodes"} if "/" not in each and each != ALL]
    beneath = [each for each in spoken if "/" in each] if atom.subresources else []
    beneath = [
        each.replace("*/", f"{plural}/") for each in beneath for plural in ("widgets", "nodes")
    ]
    if ALL not in atom.resources:
        beneath = [each for each in beneath if each.partition("/")[0] in atom.resources]
    groups = {group for rule in given_rules for group in rule.api_groups} - {ALL}
    resources = plain if ALL in atom.resources else atom.resources
    for group in {*groups, "example.test", ""} if atom.group == ALL else (atom.group,):
        for resource in (*resources, *beneath):
            both = atom.group == ALL and ALL in atom.resources
            if not (both and (group, resource.partition("/")[0]) in CLUSTER):
                yield group, resource


def requests(atom: Atom, name: str, given_rules: Sequence[PolicyRule]) -> Iterator[list[Request]]:
    """Every request that the atom stands for, for an object of that name where it can have one.

    A list is one act that takes all of them: to create what is named is also to patch it.
    """
    for group, resource in targets(atom, given_rules):
        plural, _, subresource = resource.partition("/")
        for verb in map(spelled, atom.verbs):
            named = name if atom.by_name(verb) else ""
            request = Request(verb, plural, group, subresource, "n", named)
            yield [request]
            if verb == "create" and not subresource:
                apply = msgspec.structs.replace(request, name=name)
                yield [apply, msgspec.structs.replace(apply, verb="patch")]


def granted(rules: Sequence[PolicyRule], atom: Atom, name: str) -> bool:
    """Whether rules allow one of its acts."""
    return any(
        all(any(allows(rule, request) for rule in rules) for request in act)
        for act in requests(atom, name, rules)
    )


def applied(rules: Sequence[PolicyRule], atom: Atom, name: str) -> bool:
    """Whether rules allow to create by server-side apply what the atom is about."""
    return any(
        all(any(allows(rule, request) for rule in rules) for request in act)
        for act in requests(atom, name, rules)
        if len(act) > 1
    )


@settings(deadline=None, max_examples=300)
@given(st.lists(rules, min_size=1, max_size=2))
@example([PolicyRule(("*",), ("",), ("*/proxy", "componentstatuses"))])
def test_rules_grant_an_atom_if_they_allow_one_of_its_acts(given_rules: list[PolicyRule]) -> None:
    """On any object that matters in `held`, on others by name in `limited`."""
    powers = INDEX.powers(given_rules)
    for atom in ATOMS:
        bit = INDEX.bits[atom.id]
        matter = [*atom.names, *(f"{prefix}x" for prefix in atom.prefixes)]
        anyone = any(granted(given_rules, atom, name) for name in (*matter, "nobody"))
        anyone |= atom.free and any(applied(given_rules, atom, name) for name in NAMES)
        assert bool(powers.held & bit) == anyone, atom.id
        if not anyone:
            limited = not matter and any(granted(given_rules, atom, name) for name in NAMES)
            assert bool(powers.limited & bit) == limited, atom.id


@settings(deadline=None)
@given(rules)
def test_a_rule_is_told_by_what_it_is(rule: PolicyRule) -> None:
    """Wildcards apart from words, names apart from all; what is pointed at is not limited."""
    powers = INDEX.powers((rule,))
    wild = any(powers.any & INDEX.bits[each] for each in WILDCARDS)
    assert not (powers.unnamed and wild and not rule.resource_names)
    assert not (powers.named and wild)
    assert bool(powers.wild or powers.wild_named) == wild
    assert not (powers.limited and not rule.resource_names)


@settings(deadline=None)
@given(st.lists(rules, max_size=4))
def test_rules_add_up(given_rules: list[PolicyRule]) -> None:
    """A role is the OR of its rules; only creation by name takes two of them."""
    joint = INDEX.powers(())
    for rule in given_rules:
        joint |= INDEX.powers((rule,))
    created = INDEX.mask(*(atom.id for atom in ATOMS if atom.is_created))
    assert INDEX.powers(given_rules).without(created) == joint.without(created)
    assert INDEX.powers(given_rules).any & joint.any == joint.any


def test_atoms_are_told_apart() -> None:
    """Each has a bit of its own, and none is called like a wildcard."""
    ids = [atom.id for atom in ATOMS]
    assert len(set(ids)) == len(ids)
    assert not set(ids) & set(WILDCARDS)
