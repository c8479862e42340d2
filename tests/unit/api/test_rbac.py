"""The generated ClusterRoles hold what the operator reads and writes, and nothing else."""

from typing import Any

from assessor.api.rbac import operator_role, policy_engines_role
from assessor.inventory.kinds import CORE_KINDS, POLICY_ENGINE_KINDS

Grant = tuple[str, str, str]


def grants(role: dict[str, Any]) -> set[Grant]:
    """The role as (group, resource, verb)."""
    return {
        (group, resource, verb)
        for rule in role["rules"]
        for group in rule["apiGroups"]
        for resource in rule["resources"]
        for verb in rule["verbs"]
    }


def reads(kinds: Any) -> set[Grant]:
    """List and watch on ``kinds``."""
    return {(kind.group, kind.plural, verb) for kind in kinds for verb in ("list", "watch")}


def test_the_operator_may_do_this_and_nothing_else() -> None:
    """Reads on the observed kinds, its own status, Events, and CRDs for kopf."""
    ours = "kube-assessor.dev"
    assert grants(operator_role()) == reads(CORE_KINDS) | {
        (ours, "securityassessments", "list"),
        (ours, "securityassessments", "watch"),
        (ours, "securityassessments/status", "patch"),
        ("", "events", "create"),
        ("", "events", "patch"),
        ("apiextensions.k8s.io", "customresourcedefinitions", "list"),
        ("apiextensions.k8s.io", "customresourcedefinitions", "watch"),
    }


def test_policy_engines_are_only_read() -> None:
    """The optional role lists and watches the other engines' policies."""
    assert grants(policy_engines_role()) == reads(POLICY_ENGINE_KINDS)


def test_no_secrets_and_no_wildcards() -> None:
    """There is no rule for Secrets, and none that would include them."""
    for group, resource, verb in grants(operator_role()) | grants(policy_engines_role()):
        assert "*" not in {group, resource, verb}
        assert "secret" not in resource
    for role in (operator_role(), policy_engines_role()):
        assert "aggregationRule" not in role
        assert all(rule.keys() == {"apiGroups", "resources", "verbs"} for rule in role["rules"])
