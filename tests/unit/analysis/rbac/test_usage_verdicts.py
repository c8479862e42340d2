"""What is said of single grants: used, unused, used in few namespaces, and whose they are."""

import pytest

from assessor.analysis.rbac.directory import Directory
from assessor.analysis.rbac.requests import Identity, Request
from assessor.analysis.rbac.usage.coverage import Coverage, NothingCovered
from assessor.analysis.rbac.usage.ledger import Ledger
from assessor.analysis.rbac.usage.rightsizing import replacement
from assessor.analysis.rbac.usage.verdicts import Log, RuleUsage, Verdict, usage
from assessor.analysis.rbac.uses import Use
from assessor.inventory.meta import Meta
from assessor.inventory.rbac import PolicyRule, Role, Subject
from tests.unit.analysis.rbac.usage_cases import (
    FIRST,
    GET_POD,
    IDENTITY,
    LIST_PODS,
    READ_PODS,
    Logged,
    cell,
    grant_of,
    judged,
    one_grant,
    rule_of,
    url,
)


def test_everything_used() -> None:
    """Each verb on each resource."""
    grant = grant_of(READ_PODS, GET_POD, LIST_PODS, Request("list", "pods"), Request("get", "pods"))
    assert [each.verdict for each in grant.rules] == [Verdict.USED]
    assert (grant.excessive, grant.undecided) == (False, False)


def test_a_verb_that_was_never_used_is_told() -> None:
    """As the policy logs it."""
    rule = rule_of(READ_PODS, GET_POD)
    assert (rule.verdict, rule.unused) == (Verdict.PARTLY, (cell("list", "pods"),))


def test_without_a_policy_nothing_that_was_not_seen_is_unused() -> None:
    """Also where other reads of the subject, and of the resource by others, were seen."""
    directory = one_grant(READ_PODS)
    ledger = Ledger(directory)
    ledger.take(Use(IDENTITY, GET_POD, 0.0))
    ledger.take(Use(Identity("jane"), LIST_PODS, 0.0))
    ((grant,),) = (each.grants for each in usage(directory, Log(ledger, NothingCovered(), FIRST)))
    assert (grant.excessive, grant.undecided) == (False, True)
    assert grant.rules[0].unproven == (cell("list", "pods"),)
    assert not replacement(usage(directory, Log(ledger, NothingCovered(), FIRST)), directory).sized


def test_a_wildcard_is_used_narrowly_as_the_policy_proves() -> None:
    """Without it any resource may have been left out."""
    rule = PolicyRule(("get",), ("",), ("*",))
    assert rule_of(rule, GET_POD, coverage=NothingCovered()).verdict is Verdict.UNPROVEN
    assert rule_of(rule, GET_POD).verdict is Verdict.PARTLY


# ── namespaces ────────────────────────────────────────────────────────────────────────────────


def places(rule: RuleUsage) -> list[tuple[str, ...]]:
    """Where it was used, and nowhere else."""
    return [each.namespaces for each in rule.confined]


def test_a_cluster_grant_used_in_few_namespaces() -> None:
    """Verb by verb; a request of the whole cluster is a use of the whole."""
    elsewhere = Request("list", "pods", namespace="b")
    assert places(rule_of(READ_PODS, GET_POD, LIST_PODS)) == [("a",), ("a",)]
    assert places(rule_of(READ_PODS, GET_POD, LIST_PODS, elsewhere)) == [("a",), ("a", "b")]
    assert places(rule_of(READ_PODS, GET_POD, Request("list", "pods"))) == [("a",)]
    many = [Request("list", "pods", namespace=f"n{number}") for number in range(6)]
    assert places(rule_of(READ_PODS, *many)) == []


@pytest.mark.parametrize("coverage", [NothingCovered(), Logged(only="a"), Logged(but="get")])
def test_a_namespace_is_the_only_one_where_others_would_be_logged(coverage: Coverage) -> None:
    """In any namespace, and for that verb."""
    directory = one_grant(cell("get", "pods"))
    found = judged(directory, GET_POD, coverage=coverage)
    ((grant,),) = (each.grants for each in found)
    assert not grant.excessive
    assert replacement(found, directory).sized == ()


def test_what_a_role_binding_cannot_grant_is_not_judged() -> None:
    """URLs, and resources without a namespace; a role of nothing else is no grant at all."""
    rule = PolicyRule(("get", "list"), ("",), ("pods", "nodes"))
    ((grant,),) = (each.grants for each in judged(one_grant(rule, "a"), LIST_PODS))
    assert grant.rules[0].unused == (cell("get", "pods"),)
    assert judged(one_grant(url("/metrics"), "a"), LIST_PODS) == ()


# ── whose ─────────────────────────────────────────────────────────────────────────────────────


def test_young_or_ageless_grants_are_not_judged() -> None:
    """What was granted while the log was written may not have been needed yet."""
    for written in ("2026-03-01T00:00:00Z", FIRST, ""):
        role = Role(Meta("r", "", "", {}), (READ_PODS,), written=written)
        directory = Directory([role], one_grant(READ_PODS).bindings)
        ((grant,),) = (each.grants for each in judged(directory, GET_POD))
        assert "ClusterRole/r" in grant.doubt
        assert not grant.excessive


def test_a_subject_without_requests_is_not_judged() -> None:
    """Its requests may not be logged at all."""
    grant = grant_of(READ_PODS)
    assert "no request of this subject" in grant.doubt
    assert grant.undecided


@pytest.mark.parametrize(
    ("subject", "told"),
    [
        (Subject("User", "system:serviceaccount:a:app"), "sa:a/app"),
        (Subject("Group", "system:serviceaccounts:a"), "group:system:serviceaccounts:a"),
        (Subject("Group", "system:authenticated"), "group:system:authenticated"),
        (Subject("User", "system:kube-scheduler"), ""),
        (Subject("User", "system:node:n1"), ""),
        (Subject("Group", "system:masters"), ""),
        (Subject("Group", "system:bootstrappers:kubeadm:default-node-token"), ""),
    ],
)
def test_only_kubernetes_own_users_and_groups_are_left_out(subject: Subject, told: str) -> None:
    """Not whatever begins as their names do; an account is one in any spelling."""
    found = judged(one_grant(READ_PODS, subject=subject), GET_POD)
    assert [str(each.subject) for each in found] == ([told] if told else [])


def test_default_bindings_to_everybody_are_left_out() -> None:
    """Discovery is Kubernetes' own; the same group in another binding is not."""
    everybody = Subject("Group", "system:authenticated")
    name = "system:discovery"
    assert judged(one_grant(READ_PODS, subject=everybody, name=name, role=name), GET_POD) == ()
    assert judged(one_grant(READ_PODS, subject=everybody, name=name), GET_POD) != ()
