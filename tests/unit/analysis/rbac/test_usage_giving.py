"""What it takes to write roles and bindings, of writes whose objects are told."""

import msgspec
import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from assessor.analysis.rbac.authorizer import decide
from assessor.analysis.rbac.directory import CLUSTER, Directory
from assessor.analysis.rbac.requests import Identity, Request
from assessor.analysis.rbac.usage.cells import cells_of, grants
from assessor.analysis.rbac.usage.ledger import Ledger, Limits
from assessor.analysis.rbac.usage.verdicts import Log, SubjectUsage, usage
from assessor.analysis.rbac.uses import Given, Use
from assessor.inventory.meta import Meta
from assessor.inventory.rbac import RBAC_GROUP, PolicyRule, Role, RoleBinding, RoleRef
from tests.unit.analysis.rbac.test_usage import (
    APP,
    BEFORE,
    FIRST,
    IDENTITIES,
    IDENTITY,
    Everything,
    binding,
    directories,
    replacing,
    resource_rules,
    role,
    rules,
)
from tests.unit.analysis.rbac.usage_cases import cell, url

LATER = "2026-03-01T00:00:00.000001Z"
SECRETS = PolicyRule(("get", "list"), ("",), ("secrets",))
WRITE = PolicyRule(("create", "patch", "update"), (RBAC_GROUP,), ("roles", "rolebindings"))
MAKE_ROLE = Request("create", "roles", RBAC_GROUP, "", "a", "new")
MAKE_BINDING = Request("create", "rolebindings", RBAC_GROUP, "", "a", "new")
MAKE_CLUSTER_ROLE = Request("update", "clusterroles", RBAC_GROUP, "", "", "new")
GET_SECRETS = PolicyRule(("get",), ("",), ("secrets",))


def holding(
    *rules_of_all: PolicyRule, namespace: str = "", more: tuple[Role, ...] = ()
) -> Directory:
    """The account with a binding to a role of these rules; other roles that nobody holds."""
    return Directory([role("r", rules_of_all), *more], [binding("b", "r", namespace)])


def after(directory: Directory, *uses: Use, limits: Limits | None = None) -> SubjectUsage:
    """What is said of the account where all is logged."""
    ledger = Ledger(directory, limits)
    for use in uses:
        ledger.take(use)
    (found,) = usage(directory, Log(ledger, Everything(), FIRST))
    return found


def wrote(request: Request, given: Given | None) -> Use:
    """A write by the account."""
    return Use(IDENTITY, request, 0.0, given=given)


def said(found: SubjectUsage) -> dict[str, set[PolicyRule]]:
    """All used, unused and unproven cells."""
    every = [rule for grant in found.grants for rule in grant.rules]
    return {
        "used": {each.cell for rule in every for each in rule.used},
        "unused": {each for rule in every for each in rule.unused},
        "unproven": {each for rule in every for each in rule.unproven},
    }


def test_what_a_role_gives_on_was_needed_and_nothing_else() -> None:
    """The right to list Secrets was neither asked for nor given on."""
    told = said(after(holding(WRITE, SECRETS), wrote(MAKE_ROLE, Given((GET_SECRETS,)))))
    assert cell("get", "secrets") in told["used"]
    assert {cell("list", "secrets"), cell("patch", "roles", RBAC_GROUP)} <= told["unused"]
    assert told["unproven"] == set()


def test_without_the_object_any_right_may_have_been_given_on() -> None:
    """Nothing is unused: at level Metadata, or of a patch that says only what changes."""
    told = said(after(holding(WRITE, SECRETS), wrote(MAKE_ROLE, None)))
    assert told["unused"] == set()
    assert cell("list", "secrets") in told["unproven"]
    both = wrote(MAKE_ROLE, Given((GET_SECRETS,))), wrote(MAKE_ROLE, None)
    assert said(after(holding(WRITE, SECRETS), *both))["unused"] == set()


@pytest.mark.parametrize(
    ("written", "is_known"),
    [(BEFORE, True), ("", False), ("2026-03-01T00:00:00Z", False), ("2026-04-01T00:00:00Z", False)],
)
def test_what_a_binding_gives_on_is_the_role_as_it_was_then(
    written: str,
    is_known: bool,  # noqa: FBT001 - a case
) -> None:
    """A role that was written since, or in the same second, may have been another."""
    given_on = role("given", (GET_SECRETS,), written)
    use = wrote(MAKE_BINDING, Given(role=("", "given"), at=LATER))
    told = said(after(holding(WRITE, SECRETS, more=(given_on,)), use))
    assert (cell("list", "secrets") in told["unused"]) == is_known
    assert (cell("get", "secrets") in told["used"]) == is_known
    gone = wrote(MAKE_BINDING, Given(role=("a", "gone"), at=LATER))
    assert said(after(holding(WRITE, SECRETS), gone))["unused"] == set()


@pytest.mark.parametrize(
    ("passing", "use"),
    [
        (
            PolicyRule(("bind",), (RBAC_GROUP,), ("clusterroles",), ("given", "other")),
            wrote(MAKE_BINDING, Given(role=("", "given"), at=LATER)),
        ),
        (
            PolicyRule(("escalate",), (RBAC_GROUP,), ("roles",)),
            wrote(MAKE_ROLE, Given((GET_SECRETS,))),
        ),
    ],
)
def test_who_may_bind_or_escalate_needs_no_other_right(passing: PolicyRule, use: Use) -> None:
    """That is used, and what is given on is not; the right to bind another role neither."""
    told = said(after(holding(WRITE, SECRETS, passing), use))
    assert {cell("get", "secrets"), cell("list", "secrets")} <= told["unused"]
    used = next(iter(cells_of(passing)))
    assert used in told["used"]
    assert set(cells_of(passing)) - {used} <= told["unused"]


def test_escalation_by_name_does_not_reach_what_has_no_name_yet() -> None:
    """A POST is asked about without a name, so that the rights were needed."""
    named = PolicyRule(("escalate",), (RBAC_GROUP,), ("roles",), ("new",))
    told = said(after(holding(WRITE, SECRETS, named), wrote(MAKE_ROLE, Given((GET_SECRETS,)))))
    assert cell("get", "secrets") in told["used"]
    replaced = msgspec.structs.replace(MAKE_ROLE, verb="update")
    told = said(after(holding(WRITE, SECRETS, named), wrote(replaced, Given((GET_SECRETS,)))))
    assert cell("get", "secrets") in told["unused"]


def test_a_wildcard_that_is_given_on_is_used_as_one() -> None:
    """By a rule that has it; what is only part of it is not enough."""
    wild = PolicyRule(("*",), ("apps",), ("*",))
    told = said(after(holding(WRITE, wild), wrote(MAKE_ROLE, Given((wild,)))))
    assert next(iter(cells_of(wild))) in told["used"]
    assert next(iter(cells_of(wild))) not in told["unused"]


@pytest.mark.parametrize(
    "held", [PolicyRule(("get",), non_resource_urls=("/x",)), cell("get", "nodes")]
)
def test_what_is_held_in_vain_counts_for_giving_on(held: PolicyRule) -> None:
    """A RoleBinding grants no URLs and no nodes, and yet lets give them on: nobody can tell."""
    directory = holding(WRITE, SECRETS, held, namespace="a")
    assert said(after(directory, wrote(MAKE_ROLE, Given((held,)))))["unused"] == set()


def test_who_was_refused_for_want_of_a_right_gave_nothing_on() -> None:
    """And is refused again."""
    delete = cell("delete", "secrets")
    refused = wrote(MAKE_ROLE, Given((delete,), refused=True))
    assert set(cells_of(SECRETS)) <= said(after(holding(WRITE, SECRETS), refused))["unused"]
    unexplained = wrote(MAKE_ROLE, Given((delete,)))
    assert said(after(holding(WRITE, SECRETS), unexplained))["unused"] == set()


def test_an_aggregated_role_takes_every_right() -> None:
    """And so ``escalate``; without it there is none to make it, as far as is known."""
    everything = PolicyRule(("*",), ("*",), ("*",))
    aggregated = wrote(MAKE_CLUSTER_ROLE, Given(aggregated=True))
    told = said(after(holding(everything), aggregated))
    assert cell("escalate", "clusterroles", RBAC_GROUP) in told["used"]
    write = cell("update", "clusterroles", RBAC_GROUP)
    assert said(after(holding(write, SECRETS), aggregated))["unused"] == set()


def test_a_role_of_too_many_rights_is_not_looked_through() -> None:
    """Its product may have no end."""
    verbs = tuple(f"v{n}" for n in range(100))
    given = Given((PolicyRule(verbs, verbs, verbs),))
    found = after(holding(WRITE, SECRETS), wrote(MAKE_ROLE, given), limits=Limits(cells=50))
    assert said(found)["unused"] == set()


# ── of random roles ───────────────────────────────────────────────────────────────────────────


def passes(directory: Directory, use: Use, given_rules: tuple[PolicyRule, ...]) -> bool:
    """Kubernetes' own check, anew: `bind` or `escalate`, or each cell in some rule that is held.

    Of a RoleBinding all rules count, whether it can grant them or not.
    """
    assert use.given
    request, namespace = use.request, use.request.namespace
    if use.given.role:
        name = use.given.role[1]
        way = Request("bind", "clusterroles", RBAC_GROUP, "", namespace, name)
    else:
        way = Request("escalate", request.resource, RBAC_GROUP, "", namespace)
    if decide(directory, use.identity, way).allowed:
        return True
    held = [
        cell
        for place in {CLUSTER, namespace}
        for each in directory.bindings_of(use.identity, place)
        if (found := directory.role_of(each))
        for rule in found.rules
        for cell in cells_of(rule)
    ]
    wanted = [cell for rule in given_rules for cell in cells_of(rule)]
    return all(any(grants(cell, each) for cell in held) for each in wanted)


@st.composite
def writes(draw: st.DrawFn) -> tuple[Request, Given]:
    """Of a ClusterRole's rules, or a binding of one of the roles."""
    if draw(st.booleans()):
        made = Request("create", "clusterroles", RBAC_GROUP, name="new")
        return made, Given(draw(rules))
    namespace = draw(st.sampled_from(("a", "b")))
    made = Request("create", "rolebindings", RBAC_GROUP, "", namespace, "new")
    return made, Given(role=("", draw(st.sampled_from(("r0", "r1", "given")))), at=LATER)


makers = PolicyRule(("create",), (RBAC_GROUP,), ("clusterroles", "rolebindings"))


@settings(deadline=None, max_examples=400)
@drawn(
    directories(),
    st.lists(st.tuples(st.sampled_from(IDENTITIES[:3]), writes()), min_size=1, max_size=6),
    st.lists(resource_rules, min_size=1, max_size=1).map(tuple),
)
def test_what_was_given_on_can_be_given_on_with_right_sized_roles(
    directory: Directory,
    done: list[tuple[Identity, tuple[Request, Given]]],
    more: tuple[PolicyRule, ...],
) -> None:
    """Whoever passed the check passes it again."""
    maker = RoleBinding(Meta("m", "", "m", {}), RoleRef("ClusterRole", "m"), (APP,), BEFORE)
    roles = [*directory.roles.values(), role("m", (makers, *more)), role("given", more)]
    directory = Directory(roles, [*directory.bindings, maker])
    uses = []
    for identity, (request, given) in done:
        use = Use(identity, request, 0.0, given=given)
        if decide(directory, identity, request).allowed and passes(
            directory, use, wanted(directory, given)
        ):
            uses.append(use)
    ledger = Ledger(directory)
    for use in uses:
        ledger.take(use)
    found = usage(directory, Log(ledger, Everything(), FIRST))
    new = replacing(found, directory)
    for use in uses:
        assert use.given
        assert decide(new, use.identity, use.request).allowed
        assert passes(new, use, wanted(directory, use.given))


def wanted(directory: Directory, given: Given) -> tuple[PolicyRule, ...]:
    """The rules that are given on."""
    return directory.roles[given.role].rules if given.role in directory.roles else given.rules


def test_urls_are_given_on_by_what_begins_them() -> None:
    """As the check takes them."""
    held = url("/healthz/*")
    told = said(
        after(
            holding(WRITE, held, url("/metrics")),
            wrote(
                Request("create", "clusterroles", RBAC_GROUP, name="new"),
                Given((url("/healthz/etcd"),)),
            ),
        )
    )
    assert url("/healthz/etcd") in told["used"]
