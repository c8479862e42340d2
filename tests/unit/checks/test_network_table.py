"""NET-01's finding table: what the examples do not show."""

import pytest
import yaml

from assessor.catalogue.checks import Problem
from assessor.catalogue.patches import patched
from assessor.checks.loading import load
from tests.controls.manifests import EXAMPLES, problems_of, snapshot_of_objects

Json = dict[str, object]
CHECKS = {check.id: check for check in load() if check.control == "NET-01"}
WORKLOAD = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "web", "namespace": "example"},
    "spec": {
        "template": {
            "metadata": {"labels": {"app": "web"}},
            "spec": {
                "containers": [{"name": "main", "ports": [{"name": "http", "containerPort": 8080}]}]
            },
        }
    },
}
EVERYWHERE = {"namespaces": {}}
WORLD = {"networks": ["0.0.0.0/0", "::/0"]}


def policy(name: str = "web", **spec: object) -> Json:
    """A NetworkPolicy for every pod."""
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": name, "namespace": "example"},
        "spec": {"podSelector": {}, **spec},
    }


def admin(kind: str = "AdminNetworkPolicy", **spec: object) -> Json:
    """A policy of the cluster for every namespace."""
    given = {"priority": 10} if kind == "AdminNetworkPolicy" else {}
    return {
        "apiVersion": "policy.networking.k8s.io/v1alpha1",
        "kind": kind,
        "metadata": {"name": "default"},
        "spec": {"subject": {"namespaces": {}}, **given, **spec},
    }


def namespace(name: str, **labels: str) -> Json:
    """Another namespace."""
    return {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": name, "labels": {**labels, "kubernetes.io/metadata.name": name}},
    }


def running(place: str, **labels: str) -> Json:
    """A pod of another namespace."""
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "pod", "namespace": place, "labels": labels},
        "spec": {"containers": [{"name": "main"}]},
        "status": {"phase": "Running"},
    }


def found(check: str, *objects: Json) -> list[Problem]:
    """What a check finds beside the workload."""
    return problems_of(CHECKS[check], snapshot_of_objects([WORKLOAD, *objects]))


def told(*objects: Json) -> set[str]:
    """All checks that find something."""
    return {check for check in CHECKS if found(check, *objects)}


# ── who is named ──────────────────────────────────────────────────────────────────────────────


def test_messages_name_workloads_and_who_reaches_whom() -> None:
    """Not pods, and not policies alone."""
    (problem,) = found("allows-every-source", policy(ingress=[{"ports": [{"port": 8080}]}]))
    assert problem.message == "allows every source on TCP 8080 to reach Deployment/web"
    peer = {"namespaceSelector": {"matchLabels": {"team": "a"}}}
    rule = {"from": [peer], "ports": [{"port": 8080}]}
    team = (namespace("one", team="a"), namespace("two", team="a"), namespace("other", team="b"))
    (problem,) = found("allows-other-namespaces", policy(ingress=[rule]), *team)
    assert problem.message == (
        "lets pods of namespaces with team=a reach Deployment/web on TCP 8080 (now one, two)"
    )


def test_a_peer_elsewhere_matches_a_pod_or_nothing() -> None:
    """Templates count, and namespaces without pods do not."""
    peer = {
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "other"}},
        "podSelector": {"matchLabels": {"app": "scraper"}},
    }
    rule = policy(ingress=[{"from": [peer], "ports": [{"port": 8080}]}])
    check = "peer-matches-nothing"
    assert found(check, rule, namespace("other"))
    assert found(check, rule, namespace("other"), running("other", app="api"))
    assert not found(check, rule, namespace("other"), running("other", app="scraper"))


def test_other_namespaces_are_not_judged_where_they_were_not_read() -> None:
    """A tenant who sees one namespace is not told that others are empty."""
    peer = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "other"}}}
    objects = [WORKLOAD, policy(ingress=[{"from": [peer]}])]
    snapshot = snapshot_of_objects(objects, everywhere=False)
    assert problems_of(CHECKS["peer-matches-nothing"], snapshot) == []


@pytest.mark.parametrize(
    ("block", "empty"),
    [
        ({"cidr": "10.0.0.0/8"}, False),
        ({"cidr": "nonsense"}, True),
        ({"cidr": "10.0.0.0/8", "except": ["10.0.0.0/9", "10.128.0.0/9"]}, True),
    ],
)
def test_a_block_that_holds_no_address(block: Json, *, empty: bool) -> None:
    """Malformed, or with all of it excepted."""
    rule = policy(ingress=[{"from": [{"ipBlock": block}], "ports": [{"port": 8080}]}])
    assert bool(found("peer-matches-nothing", rule)) == empty


# ── policies of the cluster ───────────────────────────────────────────────────────────────────


def test_a_baseline_that_denies_everything_is_a_default_deny() -> None:
    """For egress, where it can name the world; pods it closes are isolated."""
    rule = {"action": "Deny", "to": [EVERYWHERE, WORLD]}
    closed = admin("BaselineAdminNetworkPolicy", egress=[rule])
    ingress = policy(policyTypes=["Ingress"])
    assert {"no-default-deny-egress", "pod-not-isolated-egress"} <= told(ingress)
    assert told(ingress, closed) == set()


def test_a_baseline_that_denies_pods_alone_leaves_the_world() -> None:
    """Outside addresses are not among namespaces."""
    closed = admin("BaselineAdminNetworkPolicy", egress=[{"action": "Deny", "to": [EVERYWHERE]}])
    assert "no-default-deny-egress" in told(policy(policyTypes=["Ingress"]), closed)


def test_what_the_cluster_denies_is_not_open() -> None:
    """An allowance that an administrator overrules lets nobody in."""
    peer = {"namespaceSelector": {}}
    allow = policy(ingress=[{"from": [peer], "ports": [{"port": 8080}]}])
    deny = admin(ingress=[{"action": "Deny", "from": [EVERYWHERE]}])
    assert found("allows-every-source", allow)
    assert not found("allows-every-source", allow, deny)


def test_the_first_rule_of_the_cluster_decides() -> None:
    """An Allow behind a Deny opens nothing, and neither does one behind a Pass."""
    allow = {"action": "Allow", "from": [EVERYWHERE]}
    check = "admin-policy-allows-everyone"
    for before, opens in (("Deny", False), ("Pass", False), ("Allow", True)):
        rules = [{"action": before, "from": [EVERYWHERE]}, allow]
        assert bool(found(check, admin(ingress=rules))) == opens


def test_metadata_that_the_cluster_denies_is_not_reached() -> None:
    """What an administrator closes for all is no finding of each namespace."""
    block = {"to": [{"ipBlock": {"cidr": "169.254.0.0/16"}}], "ports": [{"port": 80}]}
    open_rule = policy(policyTypes=["Egress"], egress=[block])
    deny = admin(egress=[{"action": "Deny", "to": [{"networks": ["169.254.169.254/32"]}]}])
    assert found("egress-to-metadata", open_rule)
    assert not found("egress-to-metadata", open_rule, deny)


def test_metadata_answers_on_one_port() -> None:
    """A rule for HTTPS alone does not reach it."""
    block = {"to": [{"ipBlock": {"cidr": "0.0.0.0/0"}}], "ports": [{"port": 443}]}
    assert not found("egress-to-metadata", policy(policyTypes=["Egress"], egress=[block]))


# ── patches ───────────────────────────────────────────────────────────────────────────────────

PATCHED = ("wide-ports", "egress-to-metadata", "shadowed-rule", "allows-other-namespaces")


@pytest.mark.parametrize("check", PATCHED)
def test_a_patch_removes_its_finding_and_adds_none(check: str) -> None:
    """On the bad example, with a namespace there that its selector matches."""
    text = (EXAMPLES / "NET-01" / check / "bad.yaml").read_text(encoding="utf-8")
    objects = [*filter(None, yaml.safe_load_all(text)), namespace("one", team="a")]
    (problem,) = problems_of(CHECKS[check], snapshot_of_objects(objects))
    assert problem.patch
    mended = [
        patched(each, problem.patch) if each["kind"] == "NetworkPolicy" else each
        for each in objects
    ]
    before = {each for each in CHECKS if problems_of(CHECKS[each], snapshot_of_objects(objects))}
    after = {each for each in CHECKS if problems_of(CHECKS[each], snapshot_of_objects(mended))}
    assert check not in after
    assert after < before
