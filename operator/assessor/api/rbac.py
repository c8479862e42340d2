"""The operator's ClusterRoles, generated from the table of observed kinds."""

from collections.abc import Iterable
from typing import Any

from assessor.api.crd import PART_OF
from assessor.api.permissions import METRICS_AUTH, OPERATOR, PURPOSES, Purpose
from assessor.inventory.kinds import (
    CORE_KINDS,
    POLICY_ENGINE_KINDS,
    SECRET_MAKER_KINDS,
    ObservedKind,
)

Rule = dict[str, list[str]]


def operator_role() -> dict[str, Any]:
    """All that the operator may do."""
    return _cluster_role(OPERATOR, [*_read_rules(CORE_KINDS), *_own_rules(PURPOSES[OPERATOR])])


def policy_engines_role() -> dict[str, Any]:
    """What it may read besides, where another network policy engine is installed."""
    return _cluster_role("kube-assessor-policy-engines", _read_rules(POLICY_ENGINE_KINDS))


def secret_makers_role() -> dict[str, Any]:
    """What it may read besides, where controllers make Secrets."""
    return _cluster_role("kube-assessor-secret-makers", _read_rules(SECRET_MAKER_KINDS))


def metrics_auth_role() -> dict[str, Any]:
    """What it may ask besides, where /metrics is shown by token: who that is, and what they may.

    Both are questions; a TokenReview and a SubjectAccessReview leave nothing in the cluster.
    """
    return _cluster_role(METRICS_AUTH, _own_rules(PURPOSES[METRICS_AUTH]))


def _read_rules(kinds: Iterable[ObservedKind]) -> list[Rule]:
    plurals: dict[str, list[str]] = {}
    for kind in kinds:
        of_group = plurals.setdefault(kind.group, [])
        if kind.plural not in of_group:
            of_group.append(kind.plural)
    return [
        {"apiGroups": [group], "resources": resources, "verbs": ["list", "watch"]}
        for group, resources in plurals.items()
    ]


def _own_rules(purposes: Iterable[Purpose]) -> list[Rule]:
    verbs: dict[tuple[str, str], list[str]] = {}
    for each in purposes:
        verbs.setdefault((each.group, each.resource), []).extend(each.verbs)
    return [
        {"apiGroups": [group], "resources": [resource], "verbs": granted}
        for (group, resource), granted in verbs.items()
    ]


def _cluster_role(name: str, rules: list[Rule]) -> dict[str, Any]:
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRole",
        "metadata": {"name": name, "labels": {"app.kubernetes.io/name": "kube-assessor"} | PART_OF},
        "rules": rules,
    }
