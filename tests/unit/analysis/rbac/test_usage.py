"""Granted minus used: what is said of it, and that right-sized roles are neither more nor less."""

from collections.abc import Iterable

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from assessor.analysis.rbac.authorizer import decide
from assessor.analysis.rbac.directory import Directory
from assessor.analysis.rbac.requests import Identity, Request, service_account
from assessor.analysis.rbac.usage.cells import cells_of, joined
from assessor.analysis.rbac.usage.coverage import ObservedCoverage
from assessor.analysis.rbac.usage.ledger import Ledger
from assessor.analysis.rbac.usage.rightsizing import RightSized, right_sized
from assessor.analysis.rbac.usage.verdicts import (
    Coverage,
    GrantUsage,
    Log,
    SubjectUsage,
    Verdict,
    usage,
)
from assessor.analysis.rbac.uses import Use
from assessor.inventory.meta import Meta
from assessor.inventory.rbac import PolicyRule, Role, RoleBinding, RoleRef, Subject

BEFORE, FIRST, LAST = "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z"
APP = Subject("ServiceAccount", "app", "a")
TEAM = Subject("Group", "team")
IDENTITY = service_account("a", "app")
BOTH = Identity(IDENTITY.user, IDENTITY.groups | {"team"})

VERBS = ("get", "list", "create", "deletecollection")
GROUPS = ("", "apps")
RESOURCES = ("pods", "deployments", "pods/log")
NAMES = ("one", "two")
URLS = ("/metrics", "/healthz", "/healthz/etcd")


class Everything:
    """An audit policy that logs all."""

    def covers(self, subject: Subject, cell: PolicyRule, namespace: str) -> bool:
        """Yes."""
        del subject, cell, namespace
        return True


class Nothing:
    """An audit policy of which nothing is known."""

    def covers(self, subject: Subject, cell: PolicyRule, namespace: str) -> bool:
        """Nobody can tell."""
        del subject, cell, namespace
        return False


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
coverages = st.sampled_from([Everything(), Nothing()])


@st.composite
def directories(draw: st.DrawFn) -> Directory:
    """Up to four bindings to the account and to a group, in two namespaces and the cluster."""
    roles, bindings = [], []
    for number in range(draw(st.integers(1, 4))):
        namespace = draw(st.sampled_from(("", "a", "b")))
        subjects = draw(st.sampled_from([(APP,), (TEAM,), (APP, TEAM)]))
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


def judged(
    directory: Directory, used: Iterable[Request], coverage: Coverage | None = None
) -> tuple[SubjectUsage, ...]:
    """The usage after these requests, as a log tells them."""
    ledger = Ledger(directory)
    for request in used:
        ledger.take(Use(BOTH, request, 0.0))
    return usage(directory, Log(ledger, coverage or ObservedCoverage(ledger), FIRST, LAST))


def replacing(found: Iterable[SubjectUsage], directory: Directory) -> Directory:
    """The right-sized roles, with the bindings on which there is no verdict left as they are."""
    sized = [each for usage in found for each in right_sized(usage)]
    doubted = [
        RoleBinding(grant.binding.meta, grant.binding.role, (usage.subject,))
        for usage in found
        for grant in usage.grants
        if grant.doubt
    ]
    roles = [*directory.roles.values(), *(_role(n, each) for n, each in enumerate(sized))]
    return Directory(roles, [*doubted, *(_binding(n, each) for n, each in enumerate(sized))])


def _role(number: int, sized: RightSized) -> Role:
    return Role(Meta(f"new-{number}", "", "", {}), sized.rules)


def _binding(number: int, sized: RightSized) -> RoleBinding:
    meta = Meta(f"new-{number}", sized.namespace, "", {})
    return RoleBinding(meta, RoleRef("ClusterRole", f"new-{number}"), (sized.subject,))


@settings(deadline=None, max_examples=300)
@given(directories(), st.lists(requests, max_size=8), st.lists(requests, max_size=20), coverages)
def test_right_sized_roles_allow_what_was_done_and_nothing_new(
    directory: Directory, done: list[Request], other: list[Request], coverage: Coverage
) -> None:
    """Each request that was allowed stays so; each that is allowed was so before."""
    used = [each for each in done if decide(directory, BOTH, each).allowed]
    new = replacing(judged(directory, used, coverage), directory)
    assert all(decide(new, BOTH, each).allowed for each in used)
    for each in other:
        if decide(new, BOTH, each).allowed:
            assert decide(directory, BOTH, each).allowed


@settings(deadline=None, max_examples=300)
@given(directories(), st.lists(requests, min_size=1, max_size=8), st.lists(requests, max_size=20))
def test_where_all_is_logged_nothing_unused_stays(
    directory: Directory, done: list[Request], other: list[Request]
) -> None:
    """Only what was done is allowed: of that name or another, in that namespace or in all."""
    used = [each for each in done if decide(directory, BOTH, each).allowed]
    found = judged(directory, used, Everything())
    if any(grant.doubt for each in found for grant in each.grants):
        return
    new = replacing(found, directory)
    seen = {_without_name(each) for each in used}
    for each in other:
        if decide(new, BOTH, each).allowed:
            everywhere = msgspec.structs.replace(each, namespace="")
            assert {_without_name(each), _without_name(everywhere)} & seen


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


# ── single verdicts ───────────────────────────────────────────────────────────────────────────


READ_PODS = PolicyRule(("get", "list"), ("",), ("pods",))
GET_POD = Request("get", "pods", namespace="a", name="one")
LIST_PODS = Request("list", "pods", namespace="a")


def only_grant(found: tuple[SubjectUsage, ...]) -> GrantUsage:
    """The one grant of the one subject."""
    ((grant,),) = (each.grants for each in found)
    return grant


def of(rule: PolicyRule, *used: Request, coverage: Coverage | None = None) -> GrantUsage:
    """What is said of one rule, bound for the cluster."""
    directory = Directory([role("r", (rule,))], [binding("b", "r")])
    return only_grant(judged(directory, used, coverage))


def test_everything_used() -> None:
    """Each verb on each resource."""
    grant = of(READ_PODS, GET_POD, LIST_PODS, Request("list", "pods"))
    assert [each.verdict for each in grant.rules] == [Verdict.USED]
    assert not grant.excessive
    assert not grant.undecided


def test_a_verb_that_was_never_used_is_told() -> None:
    """Reads of pods are seen to be logged, so a list would have been."""
    grant = of(READ_PODS, GET_POD)
    (rule,) = grant.rules
    assert (rule.verdict, joined(rule.unused)) == (
        Verdict.PARTLY,
        (PolicyRule(("list",), ("",), ("pods",)),),
    )


def test_what_is_not_proven_to_be_logged_is_no_verdict() -> None:
    """Nobody's write was seen: perhaps they are not logged."""
    rule = PolicyRule(("get", "delete"), ("",), ("pods",))
    grant = of(rule, GET_POD)
    assert [each.verdict for each in grant.rules] == [Verdict.UNPROVEN]
    assert (grant.undecided, bool(grant.rules[0].unused)) == (True, False)


def test_a_wildcard_takes_the_policy_to_be_judged() -> None:
    """Used narrowly, as the policy proves; without it any resource may have been left out."""
    rule = PolicyRule(("get",), ("",), ("*",))
    assert of(rule, GET_POD).rules[0].verdict is Verdict.UNPROVEN
    assert of(rule, GET_POD, coverage=Everything()).rules[0].verdict is Verdict.PARTLY


def test_a_cluster_grant_used_in_one_namespace() -> None:
    """Told as such; a request of the whole cluster is a use of the whole."""
    assert of(READ_PODS, GET_POD, LIST_PODS).only_in == "a"
    assert of(READ_PODS, GET_POD, Request("list", "pods")).only_in == ""
    assert of(READ_PODS, GET_POD, Request("list", "pods", namespace="b")).only_in == ""


def test_young_or_ageless_grants_are_not_judged() -> None:
    """What was granted while the log was written may not have been needed yet."""
    for written in (LAST, FIRST, ""):
        directory = Directory([role("r", (READ_PODS,), written)], [binding("b", "r")])
        grant = only_grant(judged(directory, [GET_POD]))
        assert "ClusterRole/r" in grant.doubt
        assert not grant.excessive


def test_a_subject_without_requests_is_not_judged() -> None:
    """Its requests may not be logged at all."""
    grant = of(READ_PODS)
    assert "no request of this subject" in grant.doubt
    assert grant.undecided
