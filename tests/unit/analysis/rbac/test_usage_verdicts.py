"""What is said of single grants: used, unused, and what no event tells of."""

import pytest

from assessor.analysis.rbac.directory import Directory
from assessor.analysis.rbac.requests import Identity, Request, service_account
from assessor.analysis.rbac.usage.cells import joined
from assessor.analysis.rbac.usage.coverage import Coverage, NothingCovered
from assessor.analysis.rbac.usage.ledger import Ledger, Limits
from assessor.analysis.rbac.usage.rightsizing import replacement
from assessor.analysis.rbac.usage.verdicts import (
    GrantUsage,
    Log,
    RuleUsage,
    SubjectUsage,
    Verdict,
    usage,
)
from assessor.analysis.rbac.uses import Use
from assessor.inventory.meta import Meta
from assessor.inventory.rbac import RBAC_GROUP, PolicyRule, Role, RoleBinding, RoleRef, Subject

BEFORE, FIRST = "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"
APP = Subject("ServiceAccount", "app", "a")
IDENTITY = service_account("a", "app")
READ_PODS = PolicyRule(("get", "list"), ("",), ("pods",))
GET_POD = Request("get", "pods", namespace="a", name="one")
LIST_PODS = Request("list", "pods", namespace="a")


class Logged:
    """An audit policy that logs all but some verbs or namespaces."""

    def __init__(self, *, but: str = "", only: str = "") -> None:
        """Not the verb ``but``; in the namespace ``only``, if any."""
        self._but, self._only = but, only

    def covers(self, subject: Subject, cell: PolicyRule, namespace: str) -> bool:
        """Whether all of the cell is logged."""
        del subject
        (verb,) = cell.verbs
        known = verb not in (self._but, "*") or not self._but
        return known and (not self._only or namespace == self._only)


ALL_LOGGED = Logged()


def cell(verb: str, resource: str, group: str = "", name: str = "") -> PolicyRule:
    """One verb on one resource."""
    return PolicyRule((verb,), (group,), (resource,), (name,) if name else ())


def url(path: str) -> PolicyRule:
    """A read of a URL."""
    return PolicyRule(("get",), non_resource_urls=(path,))


def one_grant(
    rule: PolicyRule, namespace: str = "", subject: Subject = APP, name: str = "b", role: str = "r"
) -> Directory:
    """A ClusterRole of one rule, bound once."""
    binding = RoleBinding(
        Meta(name, namespace, "", {}), RoleRef("ClusterRole", role), (subject,), BEFORE
    )
    return Directory([Role(Meta(role, "", "", {}), (rule,), written=BEFORE)], [binding])


def judged(
    directory: Directory,
    *used: Request,
    coverage: Coverage = ALL_LOGGED,
    identity: Identity = IDENTITY,
    limits: Limits | None = None,
) -> tuple[SubjectUsage, ...]:
    """The usage after these requests of one identity."""
    ledger = Ledger(directory, limits)
    for request in used:
        ledger.take(Use(identity, request, 0.0))
    return usage(directory, Log(ledger, coverage, FIRST))


def grant_of(rule: PolicyRule, *used: Request, coverage: Coverage = ALL_LOGGED) -> GrantUsage:
    """What is said of one rule, bound for the cluster."""
    ((grant,),) = (each.grants for each in judged(one_grant(rule), *used, coverage=coverage))
    return grant


def rule_of(rule: PolicyRule, *used: Request, coverage: Coverage = ALL_LOGGED) -> RuleUsage:
    """The one rule of that."""
    (found,) = grant_of(rule, *used, coverage=coverage).rules
    return found


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


# ── what no event tells of ────────────────────────────────────────────────────────────────────

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


# ── replacement ───────────────────────────────────────────────────────────────────────────────


def test_names_of_new_roles_are_new() -> None:
    """Two subjects that read the same get two names, and none is one that is there."""
    subjects = (Subject("ServiceAccount", "c", "a-b"), Subject("ServiceAccount", "b-c", "a"))
    directory = Directory(
        one_grant(READ_PODS).roles.values(),
        [RoleBinding(Meta("b", "", "", {}), RoleRef("ClusterRole", "r"), subjects, BEFORE)],
    )

    def names(known: Directory) -> list[str]:
        ledger = Ledger(directory)
        for each in subjects:
            ledger.take(Use(service_account(each.namespace, each.name), Request("get", "pods"), 0))
        found = usage(directory, Log(ledger, ALL_LOGGED, FIRST))
        return [each.name for each in replacement(found, known).sized]

    first = names(directory)
    assert len(set(first)) == len(first) == 2
    there = [Role(Meta(name, "", "", {}), ()) for name in first]
    assert not set(names(Directory(there, directory.bindings))) & set(first)


# ── memory ────────────────────────────────────────────────────────────────────────────────────


def test_the_ledger_is_bounded() -> None:
    """In requests remembered, cells of a rule, and namespaces of a cell."""
    limits = Limits(remembered=10, length=20, cells=3, namespaces=2)
    ledger = Ledger(one_grant(PolicyRule(("*",), ("*",), ("*",))), limits)
    for number in range(100):
        for name in ("x", "x" * 1000):
            for request in (
                Request("get", f"kind{number}", namespace=f"n{number}", name=name),
                Request("get", "kind0", namespace=f"n{number}", name=name),
            ):
                ledger.take(Use(IDENTITY, request, 0.0))
    assert len(ledger._seen) <= limits.remembered
    assert not any(len(request.name) > limits.length for _, request, _ in ledger._seen)
    (uses,) = ledger._rules.values()
    assert (len(uses.used()), uses.is_complete) == (3, False)
    assert max(len(used.namespaces) for used in uses.used()) == limits.namespaces + 1


def test_what_was_used_for_too_much_stays_whole() -> None:
    """What the ledger did not keep may be any of it."""
    directory = one_grant(PolicyRule(("get",), ("*",), ("*",)))
    used = [Request("get", f"kind{number}", namespace="a") for number in range(4)]
    small = Limits(cells=3)
    ((grant,),) = (each.grants for each in judged(directory, *used, limits=small))
    assert (grant.excessive, grant.undecided) == (False, True)
    assert grant.rules[0].unproven == (cell("get", "*", "*"),)


def test_many_namespaces_do_not_hide_what_a_wildcard_was_used_for() -> None:
    """Each cell counts once, wherever it was used."""
    directory = one_grant(PolicyRule(("get",), ("apps",), ("*",)))
    used = [Request("get", "deployments", "apps", namespace=f"n{number}") for number in range(50)]
    ((grant,),) = (each.grants for each in judged(directory, *used, limits=Limits(cells=3)))
    assert grant.excessive
    (sized,) = replacement(judged(directory, *used), directory).sized
    assert (sized.namespace, sized.rules) == ("", (cell("get", "deployments", "apps"),))
