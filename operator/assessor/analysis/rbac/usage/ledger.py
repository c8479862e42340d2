"""The ledger: which rule of which binding was used by whom, and for what."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

import msgspec
from msgspec import Struct

from assessor.analysis.rbac.authorizer import Grant, decide
from assessor.analysis.rbac.directory import Directory, Key, key_of
from assessor.analysis.rbac.requests import Identity, Request
from assessor.analysis.rbac.usage.cells import cell_of, order
from assessor.analysis.rbac.usage.giving import taken
from assessor.analysis.rbac.usage.hidden import FOR_GIVING, Hidden, asked_in
from assessor.analysis.rbac.uses import Given, Use
from assessor.inventory.rbac import PolicyRule, RoleBinding, Subject


class Limits(Struct, frozen=True):
    """How much is kept, whatever a log holds: requests may name anything, of any length."""

    remembered: int = 50_000
    """Distinct requests whose credit need not be looked up again."""
    length: int = 1024
    """Characters of all that a request and its user are called, groups included, up to which it is
    remembered; and of a cell and its namespace, beyond which the rule is kept whole."""
    cells: int = 1000
    """Distinct cells that one rule is known to be used for; beyond, it is kept whole."""
    namespaces: int = 5
    """Namespaces that are told apart of a cell; beyond, only that there were more."""


class Used(Struct, frozen=True):
    """A cell that a rule was used for, and where; ``""`` is the cluster.

    Beyond ``Limits.namespaces`` there may be more than are told.
    """

    cell: PolicyRule
    namespaces: tuple[str, ...]


Place = tuple[str, str]
"""A binding's namespace, ``""`` for none, and name."""


class RuleUses:
    """What one rule was used for by one subject; complete until there is too much of it."""

    def __init__(self) -> None:
        """Nothing yet."""
        self._places: dict[PolicyRule, set[str]] = {}
        self.is_complete = True

    def add(self, request: Request, rule: PolicyRule, limits: Limits) -> None:
        """One more use."""
        cell = cell_of(request, rule)
        is_long = _length(cell) + len(request.namespace) > limits.length
        if is_long or (cell not in self._places and len(self._places) >= limits.cells):
            self.is_complete = False
            return
        places = self._places.setdefault(cell, set())
        if len(places) <= limits.namespaces:
            places.add(request.namespace)

    def used(self) -> tuple[Used, ...]:
        """Each cell and where, sorted."""
        return tuple(
            Used(cell, tuple(sorted(self._places[cell])))
            for cell in sorted(self._places, key=order)
        )


class Ledger:
    """Takes uses and credits every grant that allows them; in memory bounded by what is granted.

    A use that several grants allow is credited to all of them: nobody can tell which of them the
    API server looked at.
    """

    def __init__(self, directory: Directory, limits: Limits | None = None) -> None:
        """Credit the grants of ``directory``."""
        self._directory, self.limits = directory, limits or Limits()
        self._named = {key_of(s) for binding in directory.bindings for s in binding.subjects}
        self._rules: dict[tuple[Key, Place, PolicyRule], RuleUses] = defaultdict(RuleUses)
        self._seen: set[tuple[Identity, Request, bool, Given | None]] = set()
        self._uses: dict[Key, int] = defaultdict(int)
        self._asked: dict[Key, set[Hidden]] = defaultdict(set)
        self.unexplained = 0
        """Requests that no present grant allows: of what was granted then, or else how."""

    def take(self, use: Use) -> None:
        """Credit one use."""
        keys = [key for key in keys_of(use.identity) if key in self._named]
        for key in keys:
            self._uses[key] += use.sure
        if self._is_known(use):
            return
        given_on = taken(self._directory, use, self.limits.cells)
        asked = asked_in(use.request)
        if given_on is not None:
            asked = tuple(row for row in asked if row not in FOR_GIVING)
        for key in keys:
            self._asked[key].update(asked)
        for each in given_on or ():
            for grant in each.grants:
                self._credit(grant, msgspec.structs.replace(use, request=each.right))
        decision = decide(self._directory, use.identity, use.request)
        self.unexplained += use.sure and not decision.allowed
        for grant in decision.grants:
            self._credit(grant, use)

    def uses_of(self, subject: Subject, binding: RoleBinding, rule: PolicyRule) -> RuleUses:
        """What a subject used a rule for, by a binding."""
        key = key_of(subject)
        found = self._rules.get((key, place_of(binding), rule)) if key else None
        return found or RuleUses()

    def uses(self, subject: Subject) -> int:
        """How many uses by a subject, or by members of a group, were seen."""
        key = key_of(subject)
        return self._uses.get(key, 0) if key else 0

    def may_have_asked(self, subject: Subject, row: Hidden) -> bool:
        """Whether a request was seen in whose course a hidden right may have been used."""
        key = key_of(subject)
        return row in self._asked.get(key, ()) if key else False

    def _is_known(self, use: Use) -> bool:
        """Whether the same was credited before, as far as is remembered.

        What a binding takes depends on the time.
        """
        if use.given and use.given.role:
            return False
        if sum(map(len, _words(use))) > self.limits.length:
            return False
        asked = use.identity, use.request, use.sure, use.given
        if asked in self._seen:
            return True
        if len(self._seen) >= self.limits.remembered:
            self._seen.clear()
        self._seen.add(asked)
        return False

    def _credit(self, grant: Grant, use: Use) -> None:
        for key in _named_by(grant, use.identity):
            uses = self._rules[key, place_of(grant.binding), grant.rule]
            uses.add(use.request, grant.rule, self.limits)


def keys_of(identity: Identity) -> Iterator[Key]:
    """How bindings may name an identity."""
    yield "user", identity.user
    for group in identity.groups:
        yield "group", group


def _named_by(grant: Grant, identity: Identity) -> Iterable[Key]:
    named = {key for each in grant.binding.subjects if (key := key_of(each))}
    return named & set(keys_of(identity))


def _words(use: Use) -> Iterable[str]:
    """All that a log may have written as long as it liked."""
    rules = use.given.rules if use.given else ()
    words = (word for rule in rules for words in msgspec.structs.astuple(rule) for word in words)
    return *msgspec.structs.astuple(use.request), use.identity.user, *use.identity.groups, *words


def _length(cell: PolicyRule) -> int:
    return sum(len(word) for words in msgspec.structs.astuple(cell) for word in words)


def place_of(binding: RoleBinding) -> Place:
    """Where a binding is."""
    return binding.meta.namespace, binding.meta.name
