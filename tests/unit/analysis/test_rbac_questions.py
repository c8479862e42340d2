"""Who can, rights and can-i: each says exactly what the authorizer says."""

import itertools
from collections.abc import Iterable

import pytest

from assessor.analysis.rbac.aggregation import expanded
from assessor.analysis.rbac.asking import Asked, within
from assessor.analysis.rbac.authorizer import Grant, decide
from assessor.analysis.rbac.directory import Directory, Key, key_of
from assessor.analysis.rbac.matching import allows
from assessor.analysis.rbac.questions import Knowledge, can_i, naming, rights, who_can
from assessor.analysis.rbac.requests import MASTERS, Identity, Request, identity_of
from assessor.inventory.meta import Meta
from assessor.inventory.rbac import PolicyRule, Role, RoleBinding, RoleRef, Subject
from tests.conformance.rbac_world import World
from tests.conformance.referee import decoded

SEEDS = range(1, 6)
QUESTIONS = 400


def directory_of(world: World) -> Directory:
    """The directory of a random world."""
    records = decoded(world.objects())
    roles = expanded(record for record in records if isinstance(record, Role))
    return Directory(roles, [record for record in records if isinstance(record, RoleBinding)])


def reasons(grants: Iterable[Grant]) -> set[object]:
    """Grants by what they are called."""
    return {(grant.binding.ref, grant.role.ref, grant.rule) for grant in grants}


def bare(key: Key) -> Identity:
    """Somebody of that name alone, without the groups that authentication adds."""
    kind, name = key
    return Identity(name) if kind == "user" else Identity("", frozenset({name}))


def subjects(directory: Directory) -> dict[Key, Subject]:
    """Whom the bindings name."""
    named = (subject for binding in directory.bindings for subject in binding.subjects)
    return {key: subject for subject in named if (key := key_of(subject))}


@pytest.mark.parametrize("seed", SEEDS)
def test_who_can_is_whom_the_authorizer_lets(seed: int) -> None:
    """Exactly the subjects that it says yes to, each by exactly its grants."""
    world = World(seed)
    directory = directory_of(world)
    everybody = subjects(directory)
    found = 0
    for question in world.questions(QUESTIONS):
        held = who_can(Knowledge(directory), Asked(question.request)).holders
        shown = {key_of(each.subject): reasons(each.grants) for each in held}
        told = {key: decide(directory, bare(key), question.request) for key in everybody}
        assert shown == {key: reasons(each.grants) for key, each in told.items() if each.allowed}
        assert len(shown) == len(held)
        found += len(held)
    assert found > QUESTIONS


@pytest.mark.parametrize("seed", SEEDS)
def test_members_can_what_their_groups_can(seed: int) -> None:
    """An authenticated subject is allowed if and only if it, or a group of it, is in the list."""
    world = World(seed)
    directory = directory_of(world)
    for question in world.questions(QUESTIONS // 4):
        held = who_can(Knowledge(directory), Asked(question.request)).holders
        keys = {key_of(each.subject) for each in held}
        for subject in subjects(directory).values():
            identity = identity_of(subject)
            own = {("user", identity.user), *(("group", group) for group in identity.groups)}
            allowed = decide(directory, identity, question.request).allowed
            assert allowed is (bool(own & keys) or MASTERS in identity.groups)


@pytest.mark.parametrize("seed", SEEDS)
def test_anywhere_is_every_namespace(seed: int) -> None:
    """The list of -A is that of each namespace and of the cluster, taken together."""
    world = World(seed)
    known = Knowledge(directory_of(world))
    resources = ("pods", "secrets", "namespaces")
    for verb, resource in itertools.product(("get", "delete", "update"), resources):
        request = Request(verb, resource)
        expected: dict[Key | None, set[object]] = {}
        for asked in (request, *(within(request, name) for name in world.namespaces)):
            for each in who_can(known, Asked(asked)).holders:
                expected.setdefault(key_of(each.subject), set()).update(reasons(each.grants))
        shown = who_can(known, Asked(request, anywhere=True)).holders
        assert {key_of(each.subject): reasons(each.grants) for each in shown} == expected


@pytest.mark.parametrize("seed", SEEDS)
def test_rights_are_what_the_authorizer_uses(seed: int) -> None:
    """A request is allowed if and only if some right that is shown allows it."""
    world = World(seed)
    directory = directory_of(world)
    for question in world.questions(QUESTIONS):
        request = question.request
        if request.resource in ("nodes", "clusterroles") and request.namespace:
            continue  # asked of SubjectAccessReview only; no request can use its yes
        identity = Identity(question.user, frozenset(question.groups))
        held = rights(Knowledge(directory), identity, request.namespace or None)
        here = [
            grant
            for grant in held.grants
            if grant.binding.meta.namespace in ("", request.namespace)
            if not (request.path and grant.binding.meta.namespace)
        ]
        allowed = any(allows(grant.rule, request) for grant in here) or held.master
        assert allowed is decide(directory, identity, request).allowed


# ── by hand ───────────────────────────────────────────────────────────────────────────────────

APP = Subject("ServiceAccount", "app", "a")
PODS = PolicyRule(("get",), ("",), ("pods",))
GET_PODS = Request("get", "pods", namespace="a")


def role(name: str, *rules: PolicyRule, namespace: str = "") -> Role:
    """A role."""
    return Role(Meta(name, namespace, name, {}), rules)


def binding(
    to: str, *subjects: Subject, namespace: str = "", kind: str = "ClusterRole"
) -> RoleBinding:
    """A binding that is called like its role."""
    return RoleBinding(Meta(to, namespace, to, {}), RoleRef(kind, to), subjects)


def known(
    *records: Role | RoleBinding, unreadable: tuple[str, ...] = (), partial: bool = False
) -> Knowledge:
    """What is known."""
    roles = [record for record in records if isinstance(record, Role)]
    bindings = [record for record in records if isinstance(record, RoleBinding)]
    return Knowledge(Directory(roles, bindings), unreadable, partial)


def test_one_identity_of_two_spellings_is_one_holder() -> None:
    """And it is called a service account, whichever came first."""
    spelt = Subject("User", "system:serviceaccount:a:app")
    for pair in ((spelt, APP), (APP, spelt)):
        facts = known(role("r", PODS), binding("r", pair[0]), binding("r", pair[1], namespace="a"))
        (holder,) = who_can(facts, Asked(GET_PODS)).holders
        assert holder.subject == APP
        assert len(holder.grants) == 2


def test_a_yes_stands_though_not_all_was_readable() -> None:
    """A grant that was seen is proof."""
    facts = known(role("r", PODS), binding("r", APP), unreadable=("roles may not be read",))
    answer = can_i(facts, identity_of(APP), GET_PODS)
    assert answer.allowed
    assert answer.undecided == ()


def test_a_no_is_undecided_where_not_all_was_readable() -> None:
    """What was not seen may grant it; the kind is named."""
    facts = known(role("r", PODS), unreadable=("roles may not be read",))
    assert can_i(facts, identity_of(APP), GET_PODS).undecided == ("roles may not be read",)
    assert who_can(facts, Asked(GET_PODS)).undecided == ("roles may not be read",)
    assert rights(facts, identity_of(APP), None).undecided == ("roles may not be read",)


def test_a_role_outside_the_files_makes_a_no_undecided() -> None:
    """Where the files are applied it may exist; in a cluster that was read it does not."""
    dangling = binding("view", APP, namespace="a")
    for facts, expected in ((known(dangling, partial=True), 1), (known(dangling), 0)):
        assert len(can_i(facts, identity_of(APP), GET_PODS).undecided) == expected
        assert len(who_can(facts, Asked(GET_PODS)).undecided) == expected
        assert len(rights(facts, identity_of(APP), "a").undecided) == expected


def test_a_missing_role_of_others_leaves_a_no_sure() -> None:
    """It is none of this subject's, or of another namespace."""
    facts = known(
        binding("view", Subject("User", "alice"), namespace="a"),
        binding("edit", APP, namespace="b"),
        partial=True,
    )
    answer = can_i(facts, identity_of(APP), GET_PODS)
    assert (answer.allowed, answer.undecided) == (False, ())


def test_masters_need_no_binding() -> None:
    """The group is asked about itself, and as a group of a user; nothing unreadable matters."""
    facts = known(unreadable=("roles may not be read",))
    for identity in (
        identity_of(Subject("Group", MASTERS)),
        Identity("admin", frozenset({MASTERS})),
    ):
        answer = can_i(facts, identity, GET_PODS)
        assert answer.allowed
        assert answer.master
        assert answer.grants == ()
        assert rights(facts, identity, None).master
    assert who_can(facts, Asked(GET_PODS)).holders == ()


def test_role_bindings_grant_neither_urls_nor_what_has_no_namespace() -> None:
    """Rights leave out what a ClusterRole says and its RoleBinding cannot give."""
    urls = PolicyRule(("get",), non_resource_urls=("/metrics",))
    nodes = PolicyRule(("get",), ("",), ("nodes", "pods", "namespaces"))
    roles = PolicyRule(("get",), ("rbac.authorization.k8s.io",), ("clusterroles",))
    of_any_group = PolicyRule(("get",), ("*",), ("nodes",))
    rules = (urls, nodes, roles, of_any_group)
    facts = known(role("r", *rules), binding("r", APP, namespace="a"))
    held = [grant.rule for grant in rights(facts, identity_of(APP), None).grants]
    assert held == [PolicyRule(("get",), ("",), ("pods", "namespaces")), of_any_group]
    metrics = Request("get", namespace="a", path="/metrics")
    assert who_can(facts, Asked(metrics)).holders == ()
    everywhere = known(role("r", *rules), binding("r", APP))
    assert len(who_can(everywhere, Asked(metrics)).holders) == 1
    assert [g.rule for g in rights(everywhere, identity_of(APP), None).grants] == list(rules)


def test_rights_of_one_namespace_leave_out_the_others() -> None:
    """By the cluster's bindings and by its own."""
    facts = known(
        role("r", PODS),
        binding("r", APP),
        binding("r", APP, namespace="a"),
        binding("r", APP, namespace="b"),
    )
    places = [g.binding.meta.namespace for g in rights(facts, identity_of(APP), "a").grants]
    assert places == ["", "a"]
    assert len(rights(facts, identity_of(APP), None).grants) == 3


def test_an_answer_names_the_subjects_that_it_is_through() -> None:
    """Its own name and each of its groups, as the binding spells them."""
    group = Subject("Group", "system:serviceaccounts:a")
    bound = binding("r", group, Subject("User", "alice"), APP)
    assert naming(bound, identity_of(APP)) == (group, APP)
