"""`assessor rbac usage` on files: what it prints, its exit codes and refusals."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from assessor.cli.rbac import rbac
from assessor.kernel.errors import InputError

META = "name: app, namespace: a, creationTimestamp: '2026-01-01T00:00:00Z'"
MANIFESTS = f"""
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {{{META}}}
rules:
- {{apiGroups: [""], resources: [pods], verbs: [get, list]}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {{{META}}}
roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: Role, name: app}}
subjects: [{{kind: ServiceAccount, name: app, namespace: a}}]
"""
APP = "system:serviceaccount:a:app"


def event(verb: str, code: int = 200, user: str = APP) -> dict[str, Any]:
    """A request about pods."""
    return {
        "kind": "Event",
        "stage": "ResponseComplete",
        "verb": verb,
        "requestURI": "/api/v1/namespaces/a/pods",
        "user": {"username": user, "groups": []},
        "objectRef": {"resource": "pods", "namespace": "a"},
        "responseStatus": {"code": code},
        "requestReceivedTimestamp": "2026-02-01T00:00:00.000000Z",
    }


class Case:
    """Roles and bindings, a log, and the command over them."""

    def __init__(self, folder: Path) -> None:
        """In an empty folder."""
        self.rbac, self.log = folder / "rbac.yaml", folder / "audit.log"
        self.rbac.write_text(MANIFESTS)

    def logged(self, *events: dict[str, Any], more: str = "") -> "Case":
        """Let these be in the log."""
        self.log.write_text("".join(json.dumps(each) + "\n" for each in events) + more)
        return self

    def run(self, *arguments: str) -> Result:
        """Run the command to its end."""
        line = ["usage", "--audit-log", str(self.log), "-f", str(self.rbac), *arguments]
        return CliRunner().invoke(rbac, line)


@pytest.fixture
def case(tmp_path: Path) -> Case:
    """Nothing logged yet."""
    return Case(tmp_path)


def test_all_used_is_0(case: Case) -> None:
    """And it says so."""
    ran = case.logged(event("get"), event("list")).run()
    assert ran.exit_code == 0, ran.output
    assert "sa:a/app: 2 authorized uses in the log" in ran.output
    assert "Everything that it was granted was used." in ran.output


def test_too_much_is_1_and_told_in_each_format(case: Case) -> None:
    """For people, for programs and as manifests."""
    case.logged(event("get"))
    table = case.run()
    assert table.exit_code == 1
    assert "more than was used: list pods; used for get pods" in table.output
    document = json.loads(case.run("-o", "json").output)
    assert document["log"]["events"] == 1
    (subject,) = document["subjects"]
    (rule,) = subject["grants"][0]["rules"]
    assert (rule["verdict"], rule["namespaces"]) == ("PartlyUsed", ["a"])
    role, binding = yaml.safe_load_all(case.run("-o", "yaml").output)
    assert role["rules"] == [{"verbs": ["get"], "apiGroups": [""], "resources": ["pods"]}]
    assert binding["roleRef"]["name"] == role["metadata"]["name"] == "a-app-used"
    assert [role, binding] == subject["rightSized"]


def test_undecided_is_3(case: Case) -> None:
    """A subject that the log does not know, or a log that could not be read whole."""
    ran = case.logged(event("get", user="jane")).run()
    assert (ran.exit_code, "nothing proves that they are logged" in ran.output) == (3, True)
    ran = case.logged(event("get"), event("list"), more='{"kind":"Ev').run()
    assert (ran.exit_code, "1 pieces of the log are no events" in ran.output) == (3, True)


def test_a_manifest_without_its_age_is_not_judged(case: Case) -> None:
    """It may have been applied yesterday."""
    case.rbac.write_text(MANIFESTS.replace(", creationTimestamp: '2026-01-01T00:00:00Z'", ""))
    ran = case.logged(event("get")).run()
    assert (ran.exit_code, "does not tell when it was written" in ran.output) == (3, True)


def test_requests_that_nothing_allows_are_counted(case: Case) -> None:
    """They were allowed by something that is gone, or is no binding; refused ones are not used."""
    ran = case.logged(event("get"), event("list"), event("delete"), event("create", 403)).run()
    assert "1 requests are allowed by no binding that there is now" in ran.output
    assert "1 requests refused" in ran.output


def test_only_the_subject_that_is_asked_about(case: Case) -> None:
    """However it is spelled; one that no binding names is an error."""
    case.logged(event("get"))
    assert "sa:a/app" in case.run("--subject", f"user:{APP}").output
    refused = case.run("--subject", "user:nobody")
    assert isinstance(refused.exception, InputError)
    assert "user:nobody" in str(refused.exception)


def test_the_policy_proves_what_the_log_cannot(case: Case, tmp_path: Path) -> None:
    """That lists of pods are logged, though nobody made one."""
    case.rbac.write_text(MANIFESTS.replace("[get, list]", "[get, delete]"))
    case.logged(event("get"))
    assert case.run().exit_code == 3
    policy = tmp_path / "policy.yaml"
    policy.write_text("apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: [{level: Metadata}]\n")
    ran = case.run("--policy", str(policy))
    assert (ran.exit_code, "more than was used: delete pods" in ran.output) == (1, True)
