"""AUTHZ-01: whom bindings name, beyond the examples."""

import pytest

from assessor.catalogue.checks import Problem
from assessor.checks.loading import load
from assessor.inventory.snapshot import Snapshot
from assessor.kernel.severity import Severity
from tests.controls.manifests import problems_of, snapshot_of

CHECKS = {check.id: check for check in load() if check.control == "AUTHZ-01"}
WORLD = """
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {{name: app}}
rules: {rules}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: {kind}
metadata: {metadata}
roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: app}}
subjects: {subjects}
"""
PODS = "[{apiGroups: [''], resources: [pods], verbs: [get]}]"


def here(subjects: str, rules: str = PODS) -> Snapshot:
    """A RoleBinding."""
    metadata = "{name: app, namespace: example}"
    return snapshot_of(
        WORLD.format(kind="RoleBinding", metadata=metadata, subjects=subjects, rules=rules)
    )


def found(check_id: str, observed: Snapshot) -> list[Problem]:
    """What one check finds."""
    return problems_of(CHECKS[check_id], observed)


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        ("{kind: User, name: 'system:anonymous'}", "without any credentials"),
        ("{kind: Group, name: 'system:unauthenticated'}", "without any credentials"),
        ("{kind: Group, name: 'system:authenticated'}", "with any credentials"),
    ],
)
def test_everybody_has_three_names(subject: str, words: str) -> None:
    """Each of them leaves nobody out."""
    (problem,) = found("anonymous-access", here(f"[{subject}]"))
    assert words in problem.message
    assert CHECKS["anonymous-access"].severity is Severity.CRITICAL


@pytest.mark.parametrize(
    "rules",
    [
        "[{apiGroups: [''], resources: [nodes], verbs: [get]}]",
        "[{nonResourceURLs: [/metrics], verbs: [get]}]",
        "[{apiGroups: [''], resources: [namespaces], resourceNames: [prod], verbs: [get]}]",
        "[{apiGroups: [''], resources: [users], verbs: [impersonate]}]",
        "[{apiGroups: [''], resources: ['pods/*'], verbs: ['*']}]",
        "[{apiGroups: ['*'], resources: ['*/*'], verbs: [get]}]",
    ],
)
def test_a_role_binding_to_what_has_no_namespace_gives_nothing(rules: str) -> None:
    """URLs, nodes and other namespaces are not its to give; its own namespace is."""
    subjects = (
        "[{kind: User, name: 'system:anonymous'}, {kind: Group, name: 'system:serviceaccounts'},"
        " {kind: ServiceAccount, name: default}, {kind: ServiceAccount, name: a, namespace: b}]"
    )
    whom = (
        "anonymous-access",
        "group-of-accounts-bound",
        "default-account-bound",
        "cross-namespace-subject",
    )
    for check_id in whom:
        assert found(check_id, here(subjects, rules)) == []
        own = rules.replace("prod", "example")
        assert bool(found(check_id, here(subjects, own))) == (own != rules)
        assert found(check_id, here(subjects)) != []


@pytest.mark.parametrize(
    "subject",
    [
        "{kind: ServiceAccount, name: gone}",
        "{kind: User, name: 'system:serviceaccount:example:gone'}",
    ],
)
def test_a_missing_account_is_told_however_it_is_spelled(subject: str) -> None:
    """Whoever creates it has the rights, by either spelling."""
    assert len(found("dangling-subject", here(f"[{subject}]"))) == 1
    present = subject.replace("gone", "default")
    assert found("dangling-subject", here(f"[{present}]")) == []
    assert found("dangling-subject", here("[{kind: User, name: jane}]")) == []


def test_remedies_name_the_kind_of_binding() -> None:
    """A ClusterRoleBinding may dangle too."""
    for check_id in ("dangling-role", "dangling-subject"):
        assert "clusterrolebinding" in CHECKS[check_id].remediation
