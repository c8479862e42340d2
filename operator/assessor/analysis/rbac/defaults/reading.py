"""The generated text, read: an object, and indented below it a rule or subject a line."""

import re
from collections.abc import Iterator
from functools import cache

from msgspec import Struct

from assessor.analysis.rbac.defaults.bindings import BINDINGS as BINDINGS_TEXT
from assessor.analysis.rbac.defaults.controllers import CONTROLLERS as CONTROLLERS_TEXT
from assessor.analysis.rbac.defaults.providers import BINDINGS as PROVIDERS_BINDINGS_TEXT
from assessor.analysis.rbac.defaults.providers import ROLES as PROVIDERS_ROLES_TEXT
from assessor.analysis.rbac.defaults.roles import ROLES as ROLES_TEXT
from assessor.inventory.rbac import PolicyRule

Place = tuple[str, str]
"""Namespace, ``""`` for none, and name."""

CORE = '""'
URLS = "URLs"
"""Stands for the group in a rule about URLs."""

ANY_NAMESPACE = "*"
"""Stands for the namespace of a binding that is made in each."""


class Default(Struct, frozen=True):
    """A default binding: its role, by its place, and its subjects as ``Subject`` spells them."""

    role: Place
    subjects: frozenset[str]


@cache
def rules_of(role: Place) -> tuple[PolicyRule, ...]:
    """What a default role grants; KeyError where there is none of that place."""
    return tuple(_rule(line) for line in ROLES[role])


def _objects(text: str) -> Iterator[tuple[str, list[str]]]:
    """Each object's own line, and the lines below it."""
    for part in re.findall(r"^\S.*(?:\n  .*)*", text, re.MULTILINE):
        first, *lines = part.splitlines()
        yield first, [line.strip() for line in lines]


def _place(text: str) -> Place:
    """Read ``namespace/name``, or ``name`` alone for what has no namespace."""
    namespace, slash, name = text.partition("/")
    return (namespace, name) if slash else ("", text)


def _rule(line: str) -> PolicyRule:
    """Read ``groups | resources | verbs``, and ``| names``; or ``URLs | paths | verbs``."""
    groups, what, verbs, *names = (tuple(part.split()) for part in line.split(" | "))
    if groups == (URLS,):
        return PolicyRule(verbs, non_resource_urls=what)
    groups = tuple("" if group == CORE else group for group in groups)
    return PolicyRule(verbs, groups, what, names[0] if names else ())


def _bindings() -> Iterator[tuple[Place, Default]]:
    for text in (BINDINGS_TEXT, PROVIDERS_BINDINGS_TEXT):
        for first, subjects in _objects(text):
            binding, _, role = first.partition(" -> ")
            yield _place(binding), Default(_place(role or binding), frozenset(subjects))


BINDINGS: dict[Place, Default] = dict(_bindings())
"""The default bindings by their place, Kubernetes' and providers'."""

ROLES: dict[Place, list[str]] = {
    _place(first): lines
    for text in (CONTROLLERS_TEXT, ROLES_TEXT, PROVIDERS_ROLES_TEXT)
    for first, lines in _objects(text)
}
"""The default roles that these bindings grant, and admin, edit and view: a rule a line."""


def default_at(place: Place) -> Default | None:
    """The default binding of that place; of those that are made in each namespace, that one's."""
    namespace, name = place
    if not namespace or place in BINDINGS:
        return BINDINGS.get(place)
    found = BINDINGS.get((ANY_NAMESPACE, name))
    return found and Default(
        found.role, frozenset(each.replace(ANY_NAMESPACE, namespace) for each in found.subjects)
    )
