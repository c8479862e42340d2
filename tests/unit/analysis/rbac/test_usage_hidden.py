"""Rights that are used without a request of their own: never a sure verdict."""

import msgspec
import pytest

from assessor.analysis.rbac.directory import Directory
from assessor.analysis.rbac.requests import Identity, Request
from assessor.analysis.rbac.usage.cells import joined
from assessor.analysis.rbac.usage.verdicts import SubjectUsage, Verdict
from assessor.inventory.rbac import RBAC_GROUP, PolicyRule, Subject
from tests.unit.analysis.rbac.usage_cases import (
    GET_POD,
    Logged,
    cell,
    judged,
    one_grant,
    rule_of,
    url,
)

SIGNING = "certificates.k8s.io"
BIND = cell("bind", "clusterroles", RBAC_GROUP)
FINALIZERS = cell("update", "deployments/finalizers", "apps")
WRITE_BINDING = Request("create", "rolebindings", RBAC_GROUP, "", "a")
APPROVE = Request("update", "certificatesigningrequests", SIGNING, "approval", "", "x")


@pytest.mark.parametrize(
    ("right", "asking"),
    [
        (BIND, WRITE_BINDING),
        (cell("escalate", "roles", RBAC_GROUP), Request("patch", "roles", RBAC_GROUP, "", "a")),
        (cell("approve", "signers", SIGNING, "x.io/y"), APPROVE),
        (
            cell("sign", "signers", SIGNING),
            Request("patch", "certificatesigningrequests", SIGNING, "status", "", "x"),
        ),
        (
            cell("sign", "signers", SIGNING),
            Request("update", "podcertificaterequests", SIGNING, "status", "a", "x"),
        ),
        (cell("attest", "signers", SIGNING), Request("create", "clustertrustbundles", SIGNING)),
        (FINALIZERS, Request("create", "pods", namespace="a")),
    ],
)
def test_what_is_asked_in_the_course_of_another_request(right: PolicyRule, asking: Request) -> None:
    """It may have been used with that, and surely was not without, where that is logged."""
    assert rule_of(right, GET_POD).verdict is Verdict.UNUSED
    assert rule_of(right, asking).verdict is Verdict.UNPROVEN
    unlogged = Logged(but=asking.verb)
    assert rule_of(right, GET_POD, coverage=unlogged).verdict is Verdict.UNPROVEN


@pytest.mark.parametrize(
    "right",
    [
        url("/metrics"),
        url("*"),
        cell("get", "nodes/metrics"),
        cell("*", "nodes/stats"),
        cell("use", "securitycontextconstraints", "security.openshift.io"),
        cell("teleport", "pods"),
    ],
)
def test_what_others_ask_about_is_never_proven_unused(right: PolicyRule) -> None:
    """Kubelets, other servers with URLs of their own, and who knows who."""
    assert rule_of(right, GET_POD).verdict is Verdict.UNPROVEN


def test_a_wildcard_keeps_the_part_that_may_have_been_used() -> None:
    """And is judged for the rest."""
    everything = PolicyRule(("*",), (SIGNING,), ("*",))
    rule = rule_of(everything, APPROVE)
    assert rule.verdict is Verdict.PARTLY
    assert joined(rule.unproven) == (
        PolicyRule(("update",), (SIGNING,), ("*/finalizers",)),
        PolicyRule(("approve",), (SIGNING,), ("signers",)),
    )
    assert rule_of(everything, GET_POD).unproven == ()


@pytest.mark.parametrize(
    "verb", ["impersonate", "impersonate:user-info", "impersonate-on:user-info:list"]
)
def test_impersonation_shows_in_whatever_is_done_by_it(verb: str) -> None:
    """So it is unused only where all that the subject does is logged."""
    right = cell(verb, "users")
    assert rule_of(right, GET_POD).verdict is Verdict.UNUSED
    assert rule_of(right, GET_POD, coverage=Logged(but="watch")).verdict is Verdict.UNPROVEN
    assert rule_of(right, GET_POD, coverage=Logged(only="a")).verdict is Verdict.UNPROVEN


def test_creation_shows_in_updates_too() -> None:
    """A policy that drops patches drops creations by apply."""
    right = cell("create", "pods")
    assert rule_of(right, GET_POD, coverage=Logged(but="patch")).verdict is Verdict.UNPROVEN


# ── what has to be held, and is not asked for by a request ────────────────────────────────────


def given(rule: PolicyRule, *more: PolicyRule, namespace: str = "") -> Directory:
    """A rule that is bound for the cluster, and others in a namespace."""
    wide, local = one_grant(rule), one_grant(cell("get", "x"), namespace, name="c", role="s")
    role = msgspec.structs.replace(next(iter(local.roles.values())), rules=more)
    return Directory([*wide.roles.values(), role], [*wide.bindings, *local.bindings])


def unproven(found: tuple[SubjectUsage, ...]) -> list[PolicyRule]:
    """What nobody can tell of, where nothing is said to be too much."""
    assert not any(grant.excessive for each in found for grant in each.grants)
    return [
        cell
        for each in found
        for grant in each.grants
        for rule in grant.rules
        for cell in rule.unproven
    ]


@pytest.mark.parametrize(
    "resource", ["roles", "clusterroles", "rolebindings", "clusterrolebindings"]
)
@pytest.mark.parametrize("verb", ["create", "update", "patch"])
def test_who_writes_roles_may_have_given_on_anything(verb: str, resource: str) -> None:
    """Nothing of any binding is unused or confined, URLs included: it has to hold what it gives."""
    write = cell(verb, resource, RBAC_GROUP)
    rule = PolicyRule(("get", "list"), ("",), ("secrets",))
    directory = given(rule, cell("delete", "pods"), url("/metrics"), write, namespace="a")
    wide = one_grant(write, name="d", role="t")
    directory = Directory(
        [*directory.roles.values(), *wide.roles.values()], [*directory.bindings, *wide.bindings]
    )
    read = Request("get", "secrets", namespace="a", name="x")
    found = judged(directory, read, Request(verb, resource, RBAC_GROUP, "", "a", "x"))
    assert {cell("list", "secrets"), cell("delete", "pods")} <= set(unproven(found))


def test_who_may_write_roles_unseen_may_have_given_on_anything() -> None:
    """Only with such a right, where it is granted, and of accounts: they alone are known."""
    secrets = cell("get", "secrets")
    able = given(secrets, cell("create", "rolebindings", RBAC_GROUP), namespace="a")
    unable = given(secrets, cell("create", "clusterroles", RBAC_GROUP), namespace="a")
    logged, elsewhere = Logged(but="patch"), Logged(but="create")
    assert unproven(judged(able, GET_POD, coverage=elsewhere))
    for directory, coverage in ((able, logged), (unable, elsewhere)):
        ((grant, *_),) = (e.grants for e in judged(directory, GET_POD, coverage=coverage))
        assert grant.rules[0].unused == (secrets,)
    jane, identity = Subject("User", "jane"), Identity("jane")
    for each, expected in ((elsewhere, [secrets]), (Logged(), None)):
        found = judged(one_grant(secrets, subject=jane), GET_POD, coverage=each, identity=identity)
        assert expected is None or unproven(found) == expected


def test_what_a_member_gives_on_may_be_the_groups() -> None:
    """The group's grants are held by all its members."""
    team = Subject("Group", "team")
    identity = Identity("jane", frozenset({"team"}))
    found = judged(
        one_grant(cell("get", "secrets"), subject=team), WRITE_BINDING, identity=identity
    )
    assert unproven(found) == [cell("get", "secrets")]


@pytest.mark.parametrize("kind", ["validating", "mutating"])
@pytest.mark.parametrize("what", ["policies", "policybindings"])
def test_who_writes_admission_policies_may_have_read_parameters(kind: str, what: str) -> None:
    """So ``get`` of anything may have been used, and nothing else; `get` has to be logged, too."""
    rule = PolicyRule(("get", "list"), ("",), ("configmaps",))
    write = Request("create", f"{kind}admission{what}", "admissionregistration.k8s.io")
    found = rule_of(rule, write)
    assert (found.unproven, found.unused) == (
        (cell("get", "configmaps"),),
        (cell("list", "configmaps"),),
    )
    assert rule_of(rule, GET_POD).verdict is Verdict.UNUSED
    assert rule_of(rule, GET_POD, coverage=Logged(but="get")).unproven == (
        cell("get", "configmaps"),
    )
