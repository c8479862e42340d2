"""Rights that are used without a request of their own: never a sure verdict."""

import pytest

from assessor.analysis.rbac.requests import Request
from assessor.analysis.rbac.usage.cells import joined
from assessor.analysis.rbac.usage.verdicts import Verdict
from assessor.inventory.rbac import RBAC_GROUP, PolicyRule
from tests.unit.analysis.rbac.usage_cases import (
    GET_POD,
    Logged,
    cell,
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
    everything = PolicyRule(("*",), (RBAC_GROUP,), ("*",))
    rule = rule_of(everything, WRITE_BINDING)
    assert rule.verdict is Verdict.PARTLY
    assert joined(rule.unproven) == (
        PolicyRule(("update",), (RBAC_GROUP,), ("*/finalizers",)),
        PolicyRule(("bind",), (RBAC_GROUP,), ("clusterroles", "roles")),
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
