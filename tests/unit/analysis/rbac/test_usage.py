"""Granted minus used: what is said of it, and that right-sized roles are neither more nor less."""

from collections.abc import Iterable

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from assessor.analysis.rbac.authorizer import decide
from assessor.analysis.rbac.directory import Directory
from assessor.analysis.rbac.matching import allows
from assessor.analysis.rbac.requests import Identity, Request, service_account
from assessor.analysis.rbac.usage.cells import cells_of, common, joined
from assessor.analysis.rbac.usage.coverage import Coverage, NothingCovered
from assessor.analysis.rbac.usage.ledger import Ledger, Limits
from assessor.analysis.rbac.usage.rightsizing import replacement
from assessor.analysis.rbac.usage.verdicts import Log, SubjectUsage, usage
from assessor.analysis.rbac.uses import Use
from assessor.inventory.meta import Meta
from assessor.inventory.rbac import PolicyRule, Role, RoleBinding, RoleRef, Subject

BEFORE, FIRST = "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"
APP = Subject("ServiceAccount", "app", "a")
TEAM = Subject("Group", "team")
JANE = Subject("User", "jane")
SPELLED = Subject("User", "system:serviceaccount:a:app")
NEW = Subject("User", "new")
SUBJECTS = (APP, TEAM, JANE, SPELLED, NEW)
IDENTITY = service_account("a", "app")
IN_TEAM = Identity(IDENTITY.user, IDENTITY.groups | {"team"})
IDENTITIES = (IN_TEAM, Identity("jane", frozenset({"team"})), Identity("jane"), Identity("new"))
"""The account and a user, in the group or not, and one who never does anything."""

VERBS = ("get", "list", "create", "deletecollection", "bind", "impersonate")
GROUPS = ("", "apps", "rbac.authorization.k8s.io")
RESOURCES = ("pods", "deployments", "pods/log", "clusterroles", "rolebindings", "nodes/metrics")
NAMES = ("one", "two")
URLS = ("/metrics", "/healthz", "/healthz/etcd")


class Everything:
    """An audit policy that logs all."""

    def covers(self, subject: Subject, cell: PolicyRule, namespace: str) -> bool:
        """Yes."""
        del subject, cell, namespace
        return True


class OnlyIn:
    """An audit policy that logs what is done in one namespace."""

    def __init__(self, namespace: str) -> None:
        """That is ``namespace``."""
        self._namespace = namespace

    def covers(self, subject: Subject, cell: PolicyRule, namespace: str) -> bool:
        """Yes if all of it is there."""
        del subject, cell
        return namespace == self._namespace


def some(*values: str) -> st.SearchStrategy[tuple[str, ...]]:
    """One to three of them."""
    return st.lists(st.sampled_from(values), min_size=1, max_size=3, unique=True).map(tuple)


resource_rules = st.builds(
    PolicyRule,
    some(*VERBS, "*"),
    some(*GROUPS, "*"),
    some(*RESOURCES, "*", "*/log"),
    st.one_of(st.just(()), st.just(()), some(*NAMES)),
)
url_rules = st.builds(
    PolicyRule, some("get", "*"), non_resource_urls=some(*URLS, "/healthz/*", "*")
)
rules = st.lists(st.one_of(resource_rules, url_rules), min_size=1, max_size=3).map(tuple)
requests = st.one_of(
    st.builds(
        lambda verb, group, resource, namespace, name: Request(
            verb, resource.partition("/")[0], group, resource.partition("/")[2], namespace, name
        ),
        st.sampled_from(VERBS),
        st.sampled_from(GROUPS),
        st.sampled_from(RESOURCES),
        st.sampled_from(("", "a", "b")),
        st.sampled_from(("", *NAMES)),
    ),
    st.builds(lambda path: Request("get", path=path), st.sampled_from(URLS)),
)
coverages = st.sampled_from([Everything(), NothingCovered(), OnlyIn("a"), OnlyIn("b")])


@st.composite
def directories(draw: st.DrawFn) -> Directory:
    """Up to four bindings to any of the subjects, in two namespaces and the cluster."""
    roles, bindings = [], []
    for number in range(draw(st.integers(1, 4))):
        namespace = draw(st.sampled_from(("", "a", "b")))
        subjects = tuple(draw(st.lists(st.sampled_from(SUBJECTS), min_size=1, unique=True)))
        roles.append(role(f"r{number}", draw(rules)))
        bindings.append(binding(f"b{number}", f"r{number}", namespace, subjects))
    return Directory(roles, bindings)


def role(name: str, rules: tuple[PolicyRule, ...], written: str = BEFORE) -> Role:
    """A ClusterRole."""
    return Role(Meta(name, "", name, {}), rules, written=written)


def binding(
    name: str, role: str, namespace: str = "", subjects: tuple[Subject, ...] = (APP,)
) -> RoleBinding:
    """A binding of a ClusterRole."""
    meta = Meta(name, namespace, name, {})
    return RoleBinding(meta, RoleRef("ClusterRole", role), subjects, BEFORE)


Done = tuple[Identity, Request]
done = st.lists(st.tuples(st.sampled_from(IDENTITIES[:3]), requests), min_size=5, max_size=20)
limits = st.sampled_from([Limits(), Limits(2, 4, 2, 1)])


def judged(
    directory: Directory,
    used: Iterable[Done],
    coverage: Coverage | None = None,
    limits: Limits | None = None,
) -> tuple[SubjectUsage, ...]:
    """The usage after these requests, as a log tells them."""
    ledger = Ledger(directory, limits)
    for identity, request in used:
        ledger.take(Use(identity, request, 0.0))
    return usage(directory, Log(ledger, coverage or Everything(), FIRST))


def replacing(found: Iterable[SubjectUsage], directory: Directory) -> Directory:
    """The cluster after the whole replacement is applied, by name and namespace as it would be."""
    plan = replacement(found, directory)
    roles = {(each.meta.namespace, each.meta.name): each for each in directory.roles.values()}
    bindings = {(each.meta.namespace, each.meta.name): each for each in directory.bindings}
    for each in plan.sized:
        meta = Meta(each.name, each.namespace, "", {})
        kind = "Role" if each.namespace else "ClusterRole"
        roles[each.namespace, each.name] = Role(meta, each.rules, written=FIRST)
        bindings[each.namespace, each.name] = RoleBinding(
            meta, RoleRef(kind, each.name), (each.subject,), FIRST
        )
    bindings |= {(each.meta.namespace, each.meta.name): each for each in plan.rest}
    return Directory(roles.values(), bindings.values())


@settings(deadline=None, max_examples=400)
@given(directories(), done, st.lists(requests, max_size=20), coverages, limits)
def test_right_sized_roles_allow_what_was_done_and_nothing_new(
    directory: Directory,
    done: list[Done],
    other: list[Request],
    coverage: Coverage,
    limits: Limits,
) -> None:
    """Each request that was allowed stays so; each that is allowed was so before, to anybody."""
    used = [each for each in done if decide(directory, *each).allowed]
    new = replacing(judged(directory, used, coverage, limits), directory)
    assert all(decide(new, *each).allowed for each in used)
    for identity in IDENTITIES:
        for each in other:
            if decide(new, identity, each).allowed:
                assert decide(directory, identity, each).allowed


@settings(deadline=None, max_examples=200)
@given(directories(), done, st.lists(requests, max_size=20), coverages)
def test_a_second_round_breaks_nothing(
    directory: Directory, done: list[Done], again: list[Request], coverage: Coverage
) -> None:
    """What the first round wrote is young then; what stayed is judged once more."""
    used = [each for each in done if decide(directory, *each).allowed]
    once = replacing(judged(directory, used, coverage), directory)
    later = [(IN_TEAM, each) for each in again if decide(once, IN_TEAM, each).allowed]
    twice = replacing(judged(once, [*used, *later], coverage), once)
    assert all(decide(twice, *each).allowed for each in (*used, *later))


@settings(deadline=None, max_examples=200)
@given(directories(), done, st.lists(requests, max_size=20))
def test_who_was_not_judged_keeps_everything(
    directory: Directory, done: list[Done], other: list[Request]
) -> None:
    """Whoever else the bindings name that others are taken off."""
    used = [each for each in done if decide(directory, *each).allowed]
    new = replacing(judged(directory, used), directory)
    for each in other:
        quiet = Identity("new")
        assert decide(directory, quiet, each).allowed == decide(new, quiet, each).allowed


@settings(deadline=None, max_examples=300)
@given(directories(), done, st.lists(requests, max_size=20))
def test_where_all_is_logged_nothing_unused_stays(
    directory: Directory, done: list[Done], other: list[Request]
) -> None:
    """Only what was done, by those who did it, unless no event would tell of it."""
    used = [each for each in done if decide(directory, *each).allowed]
    found = judged(directory, used)
    if any(grant.undecided for each in found for grant in each.grants):
        return
    new = replacing(found, directory)
    seen = {_without_name(each) for _, each in used}
    for each in other:
        if any(decide(new, identity, each).allowed for identity in IDENTITIES):
            everywhere = msgspec.structs.replace(each, namespace="")
            assert {_without_name(each), _without_name(everywhere)} & seen


@settings(deadline=None)
@given(st.lists(resource_rules, min_size=2, max_size=2), st.lists(requests, max_size=30))
def test_two_cells_have_in_common_what_both_allow(
    given_rules: list[PolicyRule], asked: list[Request]
) -> None:
    """No request more or less."""
    one, two = (next(cells_of(rule)) for rule in given_rules)
    both = common(one, two)
    for each in asked:
        allowed = both is not None and allows(both, each)
        assert allowed == (allows(one, each) and allows(two, each))


def _without_name(request: Request) -> tuple[str, ...]:
    return request.verb, request.group, request.combined, request.namespace, request.path


@settings(deadline=None)
@given(st.lists(resource_rules, max_size=4), st.lists(requests, max_size=30))
def test_joined_cells_grant_what_the_cells_granted(
    given_rules: list[PolicyRule], asked: list[Request]
) -> None:
    """Cutting and joining changes nothing."""
    cells = [cell for rule in given_rules for cell in cells_of(rule)]
    before = Directory([role("r", tuple(given_rules))], [binding("b", "r")])
    after = Directory([role("r", joined(cells))], [binding("b", "r")])
    for each in asked:
        assert decide(before, IDENTITY, each).allowed == decide(after, IDENTITY, each).allowed
