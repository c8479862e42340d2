"""Roles and bindings, kept by what refers to them: role → bindings → subjects → namespaces."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from assessor.adapters.excess import MOST_ELSEWHERE, crowded
from assessor.adapters.store import Change, Entry, identity
from assessor.analysis.rbac.directory import Key, key_of, keys_of
from assessor.analysis.rbac.reach import EVERY_NAMESPACE, reached, reached_by
from assessor.analysis.rbac.requests import ALL_ACCOUNTS, AUTHENTICATED, identity_of
from assessor.inventory.rbac import BoundRole, ClusterGrants, Role, RoleBinding

COMMON = frozenset({("group", ALL_ACCOUNTS), ("group", AUTHENTICATED)})
"""Groups that every account is in, and everybody."""

Place = tuple[str, str]
"""Namespace, ``""`` for none, and name."""


class Elsewhere(NamedTuple):
    """What other namespaces give to one's accounts.

    ``unevaluated`` are the namespaces whose ``bindings`` are too many to be among them.
    """

    bindings: tuple[BoundRole, ...]
    unevaluated: frozenset[str]


class RbacIndex:
    """Follows the stores of roles and bindings change by change; cheap to ask at any time.

    A change touches only what it can change: of a role, the namespaces in which it is bound and
    those whose accounts it is bound to; of a binding, its own and those of its subjects.
    """

    def __init__(self) -> None:
        """Start empty."""
        self._roles: dict[Place, Role] = {}
        self._bindings: dict[Place, RoleBinding] = {}
        self._by_role: dict[Place, set[Place]] = defaultdict(set)
        self._by_reach: dict[str, set[Place]] = defaultdict(set)
        self._cluster_by_subject: dict[Key, set[Place]] = defaultdict(set)
        self._grants: dict[Key, ClusterGrants | None] = {}

    def take(self, change: Change) -> frozenset[str]:
        """Take in a change of a role or binding; the namespaces that it concerns, "" for all.

        What is malformed counts as not there: that it is missing is told by the store's gap.
        """
        place = (change.namespace, change.name)
        if not change.namespace:
            self._grants.clear()
        before = self._concerned(place, change.before)
        self._remove(place, change.before)
        self._put(place, change.after)
        concerned = before | self._concerned(place, change.after)
        return frozenset({EVERY_NAMESPACE}) if EVERY_NAMESPACE in concerned else concerned

    def with_roles(self, bindings: Iterable[RoleBinding]) -> tuple[BoundRole, ...]:
        """The bindings with the roles that they grant."""
        return tuple(BoundRole(each, self._role_of(each)) for each in bindings)

    def of_cluster(self, namespace: str) -> tuple[BoundRole, ...]:
        """The ClusterRoleBindings that name accounts of ``namespace`` or the group of them.

        With "" those that name groups of every account.
        """
        return tuple(self._reaching(namespace, cluster=True))

    def elsewhere(self, namespace: str) -> Elsewhere:
        """Other namespaces' RoleBindings that name accounts of ``namespace`` or their group."""
        numbers = Counter(place[0] for place in self._by_reach.get(namespace, ()))
        # Not even looked at: they may be very many.
        many = {place for place, number in numbers.items() if number > MOST_ELSEWHERE}
        many -= {"", namespace}
        bindings = tuple(self._reaching(namespace, cluster=False, without=many))
        beyond = crowded(bindings)
        kept = (each for each in bindings if each.binding.meta.namespace not in beyond)
        return Elsewhere(tuple(kept) if beyond else bindings, beyond.union(many))

    def of_subjects(
        self, namespace: str, bindings: Iterable[RoleBinding]
    ) -> Mapping[Key, ClusterGrants]:
        """What ClusterRoleBindings give to subjects of ``bindings`` besides, by subject.

        To those alone that are neither accounts of ``namespace`` nor groups of every account,
        which ``of_cluster`` tells.
        """
        keys = (key for each in bindings for key in _strangers(each, namespace))
        found = {key: self._granted(key) for key in dict.fromkeys(keys)}
        return {key: grants for key, grants in found.items() if grants}

    def _granted(self, key: Key) -> ClusterGrants | None:
        """Kept until something of the cluster changes, as many namespaces ask for one team."""
        if key not in self._grants:
            places = sorted(self._cluster_by_subject.get(key, ()))
            bound = self.with_roles(self._bindings[place] for place in places)
            self._grants[key] = ClusterGrants(bound) if bound else None
        return self._grants[key]

    def _reaching(
        self, namespace: str, *, cluster: bool, without: Collection[str] = ()
    ) -> Iterator[BoundRole]:
        places = self._by_reach.get(namespace, ())
        for place in sorted(place for place in places if place[0] not in without):
            if not place[0] if cluster else place[0] not in ("", namespace):
                binding = self._bindings[place]
                yield BoundRole(binding, self._role_of(binding))

    def _role_of(self, binding: RoleBinding) -> Role | None:
        place = binding.role_place
        return self._roles.get(place) if place else None

    def _concerned(self, place: Place, entry: object) -> frozenset[str]:
        match entry:
            case Role():
                users = (self._bindings[each] for each in self._by_role.get(place, ()))
                return _own(place[0]).union(*map(self._of_binding, users))
            case RoleBinding():
                return self._of_binding(entry)
            case None:
                return frozenset()
            case _:
                return frozenset({place[0]})

    def _of_binding(self, binding: RoleBinding) -> frozenset[str]:
        """Its own namespace, and its accounts' ones where it gives them rights outside theirs.

        A RoleBinding to a group of every account gives each namespace's accounts rights in one
        place: that is its own namespace's finding, and no other's.
        """
        far = reached(binding)
        if binding.meta.namespace:
            return _own(binding.meta.namespace) | far - {EVERY_NAMESPACE}
        return far

    def _remove(self, place: Place, entry: object) -> None:
        if isinstance(entry, Role):
            del self._roles[place]
        elif isinstance(entry, RoleBinding):
            del self._bindings[place]
            for index, key in self._entries(entry):
                index[key].discard(place)
                if not index[key]:
                    del index[key]

    def _put(self, place: Place, entry: object) -> None:
        if isinstance(entry, Role):
            self._roles[place] = entry
        elif isinstance(entry, RoleBinding):
            self._bindings[place] = entry
            for index, key in self._entries(entry):
                index[key].add(place)

    def _entries(self, binding: RoleBinding) -> Iterator[tuple[dict[Any, set[Place]], Any]]:
        """Each index that a binding stands in, and under what."""
        role = binding.role_place
        if role:
            yield self._by_role, role
        for namespace in reached(binding):
            yield self._by_reach, namespace
        if binding.meta.namespace:
            return
        for subject in binding.subjects:
            if (known := key_of(subject)) and reached_by(subject) != EVERY_NAMESPACE:
                yield self._cluster_by_subject, known


def index_of(entries: Iterable[Entry]) -> RbacIndex:
    """The index of roles and bindings that were listed once."""
    index = RbacIndex()
    for entry in entries:
        index.take(Change(*identity(entry)[:2], None, entry))
    return index


def _own(namespace: str) -> frozenset[str]:
    """The namespace that an object is in; what has none concerns only those who refer to it."""
    return frozenset({namespace} if namespace else ())


def _strangers(binding: RoleBinding, namespace: str) -> Iterator[Key]:
    """How subjects are looked up that are no accounts of ``namespace``, with their groups."""
    for subject in binding.subjects:
        if reached_by(subject) not in (EVERY_NAMESPACE, namespace):
            yield from (key for key in keys_of(identity_of(subject)) if key not in COMMON)
