"""Right-sized roles: what was used, and what nobody could judge; nothing besides."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator

import msgspec
from msgspec import Struct

from assessor.analysis.rbac.directory import Directory, Key, key_of
from assessor.analysis.rbac.usage.cells import grants, joined
from assessor.analysis.rbac.usage.ledger import Place, place_of
from assessor.analysis.rbac.usage.verdicts import GrantUsage, RuleUsage, SubjectUsage
from assessor.inventory.rbac import PolicyRule, RoleBinding, Subject


class RightSized(Struct, frozen=True):
    """The rules for one subject in one namespace, or with ``""`` for the cluster.

    ``name`` is for a role and its binding.
    """

    subject: Subject
    namespace: str
    rules: tuple[PolicyRule, ...]
    name: str


class Replacement(Struct, frozen=True):
    """What is to be applied together: new roles and bindings, and the old bindings' rest.

    ``rest`` are the bindings with those subjects that need them still; perhaps none do.
    """

    sized: tuple[RightSized, ...]
    rest: tuple[RoleBinding, ...]


def replacement(found: Iterable[SubjectUsage], directory: Directory) -> Replacement:
    """Take each subject off the bindings that give it too much; give it what it needs instead.

    Whoever else those bindings name keeps them. Names are new in ``directory``.
    """
    known = tuple(found)
    taken = frozenset((*directory.roles, *map(place_of, directory.bindings)))
    leaving: dict[Place, set[Key | None]] = defaultdict(set)
    for usage in known:
        for grant in replaced(usage):
            leaving[place_of(grant.binding)].add(key_of(usage.subject))
    return Replacement(
        tuple(each for usage in known for each in right_sized(usage, taken)),
        tuple(
            _without(binding, leaving[place_of(binding)])
            for binding in directory.bindings
            if place_of(binding) in leaving
        ),
    )


def right_sized(usage: SubjectUsage, taken: frozenset[Place]) -> tuple[RightSized, ...]:
    """What a subject needs of the grants that give it too much; the others stay as they are.

    Each observed request is still allowed, and nothing is that was not granted before: a Role in
    each namespace where a grant for the cluster was used, if they are few and there are no others.
    Names are none of ``taken``.
    """
    cells: dict[str, list[PolicyRule]] = defaultdict(list)
    for grant in replaced(usage):
        for namespace, cell in _kept(grant):
            cells[namespace].append(cell)
    return tuple(
        _named(RightSized(usage.subject, namespace, joined(each), ""), taken)
        for namespace, each in sorted(cells.items())
    )


def replaced(usage: SubjectUsage) -> tuple[GrantUsage, ...]:
    """The grants that the right-sized roles stand for."""
    return tuple(grant for grant in usage.grants if grant.excessive)


def _without(binding: RoleBinding, keys: set[Key | None]) -> RoleBinding:
    rest = tuple(each for each in binding.subjects if key_of(each) not in keys)
    return msgspec.structs.replace(binding, subjects=rest)


def _kept(grant: GrantUsage) -> Iterator[tuple[str, PolicyRule]]:
    """Namespace and cell of all that has to stay."""
    place = grant.binding.meta.namespace
    for rule in grant.rules:
        yield from ((place, cell) for cell in rule.unproven)
        yield from _used(rule, place)


def _used(rule: RuleUsage, place: str) -> Iterator[tuple[str, PolicyRule]]:
    """What was used and is not granted by what stays anyway."""
    for used in rule.used:
        if used in rule.confined:
            yield from ((namespace, used.cell) for namespace in used.namespaces)
        elif not any(grants(cell, used.cell) for cell in rule.unproven):
            yield place, used.cell


# ── names ─────────────────────────────────────────────────────────────────────────────────────

DIGITS = 8


def _named(sized: RightSized, taken: frozenset[Place]) -> RightSized:
    """With a name that says whose it is, and that nothing else has.

    A digest of subject and rules tells apart what reads the same, and the next round's roles from
    this one's.
    """
    subject = sized.subject
    words = "-".join((subject.namespace or subject.kind.lower(), subject.name, "used"))
    stem = words.replace("/", "-").replace("%", "-")
    attempt = 0
    while True:
        content = msgspec.json.encode((sized, attempt))
        name = f"{stem}-{hashlib.sha256(content).hexdigest()[:DIGITS]}"
        if (sized.namespace, name) not in taken:
            return msgspec.structs.replace(sized, name=name)
        attempt += 1
