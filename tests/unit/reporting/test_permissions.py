"""docs/permissions.md and the manifests say the same of what the operator may do."""

from pathlib import Path

import pytest
import yaml

from assessor.api.permissions import PURPOSES
from assessor.checks.loading import load
from assessor.inventory.kinds import CORE_KINDS, OPTIONAL_KINDS, Evidence
from assessor.reporting.permissions import depending, page, weighing

MANIFESTS = Path(__file__).parents[3] / "manifests"
ACCOUNT = {"kind": "ServiceAccount", "name": "kube-assessor", "namespace": "kube-assessor-system"}
OBSERVED = {(kind.group, kind.plural) for kind in (*CORE_KINDS, *OPTIONAL_KINDS)}

Right = tuple[str, str, str, str]


def granted() -> dict[str, set[Right]]:
    """Group, resource, verb and name of every right that a manifest binds to the account."""
    documents = [
        document
        for folder in ("base", "components")
        for path in sorted((MANIFESTS / folder).rglob("*.yaml"))
        for document in yaml.safe_load_all(path.read_text(encoding="utf-8"))
    ]
    bound = {each["roleRef"]["name"] for each in documents if ACCOUNT in each.get("subjects", ())}
    return {
        document["metadata"]["name"]: {
            (group, resource, verb, name)
            for rule in document["rules"]
            for group in rule["apiGroups"]
            for resource in rule["resources"]
            for verb in rule["verbs"]
            for name in rule.get("resourceNames", [""])
        }
        for document in documents
        if document["kind"] in {"Role", "ClusterRole"} and document["metadata"]["name"] in bound
    }


@pytest.mark.parametrize(("role", "rights"), granted().items(), ids=granted())
def test_every_right_has_its_purpose(role: str, rights: set[Right]) -> None:
    """What a role grants beside reading evidence is declared, and what is declared is granted."""
    declared = {
        (each.group, each.resource, verb, each.name)
        for each in PURPOSES.get(role, ())
        for verb in each.verbs
    }
    own = {right for right in rights if right[:2] not in OBSERVED}
    assert own == declared
    assert {right[2] for right in rights - own} <= {"list", "watch"}


def test_no_purpose_is_of_a_role_that_is_not_bound() -> None:
    """A role that was renamed takes its purposes along."""
    assert PURPOSES.keys() <= granted().keys()


def test_every_role_and_every_right_is_on_the_page() -> None:
    """Whoever reads the page has read all of them."""
    text = page(load())
    for role, rights in granted().items():
        assert f"`{role}`" in text
        for group, resource, verb, _ in rights:
            rows = [row for row in text.splitlines() if row.startswith(f"| {group or 'core'} | ")]
            assert any(resource in row and verb in row for row in rows), (group, resource, verb)


def test_a_control_weighs_only_where_it_does_not_depend() -> None:
    """AUTHZ-01 cannot be judged without bindings; of AUTHZ-02 they decide how bad it is."""
    checks = load()
    assert "AUTHZ-01" in depending(checks, Evidence.ROLE_BINDINGS)
    assert weighing(checks, Evidence.ROLE_BINDINGS) == ("AUTHZ-02",)
    assert weighing(checks, Evidence.PODS) == ()
