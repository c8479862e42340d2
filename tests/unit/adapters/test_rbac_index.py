"""The index of roles and bindings: as if it were made anew, and told of whoever is concerned."""

from collections.abc import Iterable, Mapping

from hypothesis import given, settings
from hypothesis import strategies as st

from assessor.adapters.excess import MOST_ELSEWHERE
from assessor.adapters.rbac_index import RbacIndex, index_of
from assessor.adapters.store import Entry, Store
from assessor.inventory.decoding import MalformedRecord
from assessor.inventory.meta import Meta
from assessor.inventory.rbac import BoundRole, PolicyRule, Role, RoleBinding, RoleRef, Subject

NAMESPACES = ("a", "b", "c")
PLACES = ("", *NAMESPACES)
NAMES = ("x", "y")
SUBJECTS = (
    Subject("ServiceAccount", "app", "a"),
    Subject("ServiceAccount", "app", "b"),
    Subject("User", "system:serviceaccount:b:app"),
    Subject("User", "system:serviceaccount:b"),
    Subject("User", "jane"),
    Subject("Group", "system:serviceaccounts:a"),
    Subject("Group", "system:serviceaccounts"),
    Subject("Group", "team"),
)
RULES = (PolicyRule(("get",), ("",), ("pods",)), PolicyRule(("list",), ("",), ("secrets",)))

metas = st.builds(
    lambda name, namespace: Meta(name, namespace, f"{namespace}/{name}", {}),
    st.sampled_from(NAMES),
    st.sampled_from(PLACES),
)
roles = st.builds(Role, metas, st.lists(st.sampled_from(RULES), max_size=1).map(tuple))
bindings = st.builds(
    RoleBinding,
    metas,
    st.builds(RoleRef, st.sampled_from(["Role", "ClusterRole"]), st.sampled_from(NAMES)),
    st.lists(st.sampled_from(SUBJECTS), max_size=3).map(tuple),
)
garbled = st.builds(
    MalformedRecord, st.sampled_from(PLACES), st.sampled_from(NAMES), st.just(""), st.just("bad")
)
worlds = st.lists(st.one_of(roles, bindings, garbled), max_size=12)


class Cluster:
    """Stores of roles and bindings, and the index that follows them."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.stores = {Role: Store(), RoleBinding: Store()}
        self.index = RbacIndex()

    def become(self, world: Iterable[Entry]) -> frozenset[str]:
        """Hold exactly ``world``; the namespaces that the index calls concerned."""
        by_type: dict[type, dict[tuple[str, str], Entry]] = {Role: {}, RoleBinding: {}}
        for entry in world:
            meta = entry if isinstance(entry, MalformedRecord) else entry.meta
            of = RoleBinding if isinstance(entry, RoleBinding) else Role
            by_type[of][meta.namespace, meta.name] = entry
        changes = [
            change
            for of, store in self.stores.items()
            for change in store.replace(by_type[of].values())
        ]
        return frozenset().union(*(self.index.take(change) for change in changes))

    def fresh(self) -> RbacIndex:
        """An index of what is held now."""
        return index_of(entry for store in self.stores.values() for entry in store)


def bindings_in(namespace: str, cluster: Cluster) -> list[RoleBinding]:
    """A namespace's own."""
    records = cluster.stores[RoleBinding].records(namespace)
    return [each for each in records if isinstance(each, RoleBinding)]


View = tuple[tuple[BoundRole, ...], ...]


def views(index: RbacIndex, cluster: Cluster, *, strangers: bool = True) -> Mapping[str, View]:
    """What each namespace is shown, its unbound roles and what is malformed included."""
    return {
        namespace: (
            index.with_roles(bindings_in(namespace, cluster)),
            index.of_cluster(namespace),
            index.of_cluster(""),
            index.elsewhere(namespace),
            tuple(
                grants.bindings
                for _, grants in sorted(
                    index.of_subjects(namespace, bindings_in(namespace, cluster)).items()
                )
                if strangers
            ),
            tuple(cluster.stores[Role].records(namespace)),
            tuple(
                store.malformed(place)
                for store in cluster.stores.values()
                for place in ("", namespace)
            ),
        )
        for namespace in NAMESPACES
    }


@settings(max_examples=300, deadline=None)
@given(st.lists(worlds, min_size=1, max_size=4))
def test_following_is_making_anew(history: list[list[Entry]]) -> None:
    """Whatever came and went."""
    cluster = Cluster()
    for world in history:
        cluster.become(world)
        assert views(cluster.index, cluster) == views(cluster.fresh(), cluster)


@settings(max_examples=300, deadline=None)
@given(worlds, worlds)
def test_whoever_sees_a_difference_is_told(before: list[Entry], after: list[Entry]) -> None:
    """A namespace whose view changes is among the concerned, or all are.

    What strangers hold is no part of what the operator looks at.
    """
    cluster = Cluster()
    cluster.become(before)
    seen = views(cluster.index, cluster, strangers=False)
    concerned = cluster.become(after)
    now = views(cluster.index, cluster, strangers=False)
    different = {namespace for namespace in NAMESPACES if seen[namespace] != now[namespace]}
    assert "" in concerned or different <= concerned


def binding(namespace: str, role: str, *subjects: Subject) -> RoleBinding:
    """A binding to a ClusterRole."""
    meta = Meta("binding", namespace, f"{namespace}/binding", {})
    return RoleBinding(meta, RoleRef("ClusterRole", role), subjects)


def role(*rules: PolicyRule) -> Role:
    """The ClusterRole x."""
    return Role(Meta("x", "", "x", {}), rules)


def test_a_role_touches_only_where_it_is_bound() -> None:
    """And a role that nobody binds touches nobody."""
    cluster = Cluster()
    assert cluster.become([role()]) == frozenset()
    world = [binding("a", "x", SUBJECTS[1]), binding("c", "y", SUBJECTS[4])]
    assert cluster.become([role(), *world]) == {"a", "b", "c"}
    assert cluster.become([role(RULES[0]), *world]) == {"a", "b"}


def test_who_names_others_without_end_is_not_followed() -> None:
    """By bindings, subjects or rules of its own; the rest, and rules of the cluster, are."""
    few, app = Meta("few", "c", "c/few", {}), SUBJECTS[1]
    fair = RoleBinding(few, RoleRef("ClusterRole", "x"), (app,))
    widest = role(*RULES * MOST_ELSEWHERE)
    own = Role(Meta("x", "a", "a/x", {}), RULES * MOST_ELSEWHERE)
    to_own = RoleBinding(Meta("own", "a", "a/own", {}), RoleRef("Role", "x"), (app,))
    crowd = tuple(Subject("User", f"system:serviceaccount:b:{n}") for n in range(MOST_ELSEWHERE))
    many = [
        RoleBinding(Meta(f"m{n}", "a", f"a/m{n}", {}), RoleRef("ClusterRole", "x"), (app,))
        for n in range(MOST_ELSEWHERE + 1)
    ]
    for unfair in ([binding("a", "x", *crowd)], [own, to_own], many[1:], many):
        found = index_of([widest, fair, *unfair]).elsewhere("b")
        assert [each.binding for each in found.bindings] == [fair]
        assert found.unevaluated == {"a"}
    assert index_of([widest, fair]).elsewhere("b").unevaluated == frozenset()


def test_cluster_bindings_touch_their_subjects() -> None:
    """A person's touches no namespace, and one to every account touches all."""
    cluster = Cluster()
    assert cluster.become([role(), binding("", "x", SUBJECTS[4])]) == frozenset()
    assert cluster.become([role(), binding("", "x", SUBJECTS[5])]) == {"a"}
    assert cluster.become([role(), binding("", "x", SUBJECTS[6])]) == {""}


def test_what_strangers_hold_is_found_where_they_are_named() -> None:
    """What a person holds everywhere adds to what a namespace gives; it concerns no namespace."""
    cluster = Cluster()
    account, team, jane = SUBJECTS[1], SUBJECTS[7], SUBJECTS[4]
    world = [binding("a", "y", jane), binding("c", "y", account, team), role()]
    cluster.become(world)
    assert cluster.become([*world, binding("", "x", jane)]) == frozenset()
    crew = Subject("Group", "system:serviceaccounts:b")
    assert cluster.become([*world, binding("", "x", crew)]) == {"b"}
    here = bindings_in("c", cluster)
    (grants,) = cluster.index.of_subjects("c", here).values()
    assert [each.binding.subjects for each in grants.bindings] == [(crew,)]
    assert cluster.index.of_subjects("c", here)[("group", crew.name)] is grants
    assert cluster.index.of_subjects("b", here) == {}
