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
POLICY = "apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: [{level: Metadata}]\n"
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
        self.policy = folder / "policy.yaml"
        self.rbac.write_text(MANIFESTS)
        self.policy.write_text(POLICY)

    def logged(self, *events: dict[str, Any], more: str = "") -> "Case":
        """Let these be in the log."""
        self.log.write_text("".join(json.dumps(each) + "\n" for each in events) + more)
        return self

    def run(self, *arguments: str, policy: bool = True) -> Result:
        """Run the command to its end."""
        line = ["usage", "--audit-log", str(self.log), "-f", str(self.rbac), *arguments]
        return CliRunner().invoke(rbac, [*line, *(["--policy", str(self.policy)] * policy)])


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
    assert (rule["verdict"], rule["confined"]) == ("PartlyUsed", [])
    role, binding, rest = yaml.safe_load_all(case.run("-o", "yaml").output)
    assert role["rules"] == [{"verbs": ["get"], "apiGroups": [""], "resources": ["pods"]}]
    assert binding["roleRef"]["name"] == role["metadata"]["name"]
    assert role["metadata"]["name"].startswith("a-app-used-")
    assert [role, binding] == subject["rightSized"]
    assert (rest["metadata"]["name"], rest["subjects"]) == ("app", [])
    assert [rest] == document["bindings"]


def test_whoever_else_a_binding_names_keeps_it(case: Case) -> None:
    """The manifests take off it only those who get a role of their own."""
    others = "{kind: Group, name: team, apiGroup: rbac.authorization.k8s.io}"
    case.rbac.write_text(MANIFESTS.replace("subjects: [", f"subjects: [{others}, "))
    ran = case.logged(event("get")).run("-o", "yaml")
    *_, rest = yaml.safe_load_all(ran.output)
    assert rest["subjects"] == [yaml.safe_load(others)]
    assert rest["roleRef"]["name"] == "app"


def test_a_piece_of_the_log_that_is_lost_may_have_been_the_use(case: Case) -> None:
    """No verdict then on what was not seen, and nothing to apply."""
    case.logged(event("get"), more="garbage\n" + json.dumps(event("watch")) + "\n")
    ran = case.run()
    assert (ran.exit_code, "not proven unused: list pods" in ran.output) == (3, True)
    assert list(yaml.safe_load_all(case.run("-o", "yaml").output)) == []


def test_files_may_follow_one_another(case: Case, tmp_path: Path) -> None:
    """As a shell writes out a pattern."""
    second = tmp_path / "second.log"
    second.write_text(json.dumps(event("list")) + "\n")
    assert case.logged(event("get")).run(str(second)).exit_code == 0


def test_stdin_is_read_once(case: Case) -> None:
    """As a log or as manifests."""
    ran = case.logged(event("get")).run("--audit-log", "-", "-f", "-")
    assert isinstance(ran.exception, InputError)


def test_a_comment_stays_one(case: Case) -> None:
    """Whatever the log holds."""
    case.log.write_text(json.dumps(event("get")) + "\n")
    strange = case.log.rename(case.log.with_name("audit\nlog"))
    strange.write_text(strange.read_text() + "garbage\n")
    case.log = strange
    assert list(yaml.safe_load_all(case.run("-o", "yaml").output)) == []


def test_undecided_is_3(case: Case) -> None:
    """A subject that the log does not know, or a log that could not be read whole."""
    ran = case.logged(event("get", user="jane")).run()
    assert (ran.exit_code, "nothing proves that they are logged" in ran.output) == (3, True)
    ran = case.logged(event("get"), event("list"), more='{"kind":"Ev').run()
    assert (ran.exit_code, "1 pieces of the log are no events" in ran.output) == (3, True)
    ran = case.logged(event("get")).run(policy=False)
    assert (ran.exit_code, "without --policy nothing proves" in ran.output) == (3, True)


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


def test_an_account_that_is_spelled_as_its_user(case: Case) -> None:
    """Is judged as the account."""
    spelled = f"{{kind: User, name: '{APP}'}}"
    account = "{kind: ServiceAccount, name: app, namespace: a}"
    case.rbac.write_text(MANIFESTS.replace(account, spelled))
    assert "sa:a/app: 1 authorized uses" in case.logged(event("get")).run().output
    assert case.run("--subject", "sa:a/app").exit_code == 1
