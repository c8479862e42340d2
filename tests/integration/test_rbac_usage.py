"""Least privilege from use, on the real API server: its audit log in, a role that fits out.

What the right-sized role answers is refereed as everything is: by SubjectAccessReview.
"""

import json
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from assessor.adapters.audit_log import Reading, read
from assessor.analysis.rbac.requests import Request, service_account
from assessor.analysis.rbac.uses import Use
from playground.controlplane import AUDIT_POLICY
from tests.conformance.rbac_world import Question
from tests.conformance.referee import answers
from tests.integration.kube import Json, Kube, eventually

ASSESSOR = Path(__file__).parents[2] / ".venv" / "bin" / "assessor"
RBAC = "rbac.authorization.k8s.io"
MERGE = "application/merge-patch+json"
APPLY = "application/apply-patch+yaml"
FORBIDDEN = 403


def rule(resources: str, verbs: str, group: str = "", names: str = "") -> Json:
    """A rule, from words."""
    made = {"apiGroups": [group], "resources": resources.split(), "verbs": verbs.split()}
    return made | ({"resourceNames": names.split()} if names else {})


def grant(kind: str, name: str, namespace: str, rules: list[Json]) -> list[Json]:
    """A Role, or a ClusterRole, and its binding to the account `app`."""
    scope = {"namespace": namespace} if kind == "Role" else {}
    meta = {"name": name} | scope
    return [
        {"apiVersion": f"{RBAC}/v1", "kind": kind, "metadata": meta, "rules": rules},
        {
            "apiVersion": f"{RBAC}/v1",
            "kind": f"{kind}Binding",
            "metadata": meta,
            "roleRef": {"apiGroup": RBAC, "kind": kind, "name": name},
            "subjects": [{"kind": "ServiceAccount", "name": "app", "namespace": namespace}],
        },
    ]


class Account:
    """The account `app` with too many rights, and what it does with them."""

    def __init__(self, kube: Kube, namespace: str) -> None:
        """Grant it a Role and a ClusterRole."""
        self.kube, self.namespace = kube, namespace
        made = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "app"}}
        kube.call("POST", f"/api/v1/namespaces/{namespace}/serviceaccounts", made)
        urls = {"nonResourceURLs": ["/metrics", "/healthz/*"], "verbs": ["get"]}
        self.objects = [
            *grant(
                "Role",
                "app",
                namespace,
                [
                    rule("configmaps", "get list watch create update patch delete"),
                    rule("secrets", "get", names="mine other"),
                    rule("*", "*", group="apps"),
                    rule("serviceaccounts", "impersonate"),
                ],
            ),
            *grant(
                "ClusterRole", f"{namespace}-app", namespace, [rule("services", "get list delete")]
            ),
            *grant("ClusterRole", f"{namespace}-urls", namespace, [urls]),
        ]
        kube.plane.apply(self.objects)
        self.token = kube.plane.service_account_token(namespace, "app", 600)
        eventually(lambda: self.ask("GET", "/metrics", namespaced=False) != FORBIDDEN)

    def ask(
        self,
        method: str,
        path: str,
        body: Json | None = None,
        *,
        namespaced: bool = True,
        **how: str,
    ) -> int:
        """One request, in the namespace; its status code."""
        root = f"/api/v1/namespaces/{self.namespace}" if namespaced else ""
        code, _ = self.kube.plane.request(method, root + path, body, token=self.token, **how)
        return code

    def work(self) -> None:
        """What it does all day."""
        one = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "one"}}
        assert self.ask("POST", "/configmaps", one) == 201
        assert self.ask("POST", "/configmaps", one) == 409
        assert self.ask("GET", "/configmaps/none") == 404
        applied = one | {"metadata": {"name": "two"}}
        path = "/configmaps/two?fieldManager=app"
        assert self.ask("PATCH", path, applied, content_type=APPLY) == 201
        assert self.ask("GET", "/secrets/mine") == 404
        assert self.ask("GET", "/services") == 200
        apps = f"/apis/apps/v1/namespaces/{self.namespace}/deployments"
        assert self.ask("GET", apps, namespaced=False) == 200
        assert self.ask("GET", "/metrics", namespaced=False) == 200
        assert self.ask("GET", "/pods") == FORBIDDEN


@pytest.fixture
def account(kube: Kube, namespace: str) -> Iterator[Account]:
    """The account; its ClusterRoles go with it."""
    made = Account(kube, namespace)
    yield made
    kube.plane.delete(each for each in made.objects if "namespace" not in each["metadata"])


@pytest.fixture
def log(account: Account, tmp_path: Path) -> Path:
    """The audit log of a day's work, which begins after the rights were granted."""
    time.sleep(1.1)  # the API tells times of objects in whole seconds
    begin = datetime.now(UTC).isoformat()  # noqa: TID251 - the API server's clock
    account.work()
    path = tmp_path / "audit.log"

    def cut() -> bool:
        lines = account.kube.plane.audit_log.read_text(encoding="utf-8").splitlines()
        events = [line for line in lines if json.loads(line)["requestReceivedTimestamp"] >= begin]
        path.write_text("".join(f"{line}\n" for line in events), encoding="utf-8")
        return any('"decision":"forbid"' in e.replace("authorization.k8s.io/", "") for e in events)

    eventually(cut, what="the last request in the audit log")
    return path


def usage(account: Account, log: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command, asked about the account."""
    policy = log.parent / "policy.yaml"
    policy.write_text(yaml.safe_dump(AUDIT_POLICY), encoding="utf-8")
    return subprocess.run(
        [
            *(ASSESSOR, "rbac", "usage", "--audit-log", log, "--policy", policy),
            *("--kubeconfig", account.kube.plane.admin_kubeconfig),
            *("--subject", f"sa:{account.namespace}/app", *arguments),
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def uses(account: Account, log: Path) -> list[Use]:
    """The account's own uses in the log."""
    own = service_account(account.namespace, "app").user
    return [use for use in read([str(log)], Reading()) if use.identity.user == own]


def asked(account: Account, requests: list[Request]) -> list[bool]:
    """What the API server's authorizer says to them."""
    identity = service_account(account.namespace, "app")
    groups = tuple(sorted(identity.groups))
    questions = [Question(identity.user, groups, request) for request in requests]
    return list(answers(account.kube.plane, questions))


def test_what_was_not_used_is_told(account: Account, log: Path) -> None:
    """Verbs, names, wildcards, and the namespace in which a grant for the cluster was used."""
    ran = usage(account, log, "-o", "json")
    assert ran.returncode == 1, ran.stderr
    (subject,) = json.loads(ran.stdout)["subjects"]
    grants = {each["binding"]["name"]: each for each in subject["grants"]}
    config, secrets, apps, impersonation = grants["app"]["rules"]
    assert config["unused"] == [
        {
            "verbs": ["delete", "list", "update", "watch"],
            "apiGroups": [""],
            "resources": ["configmaps"],
        }
    ]
    assert config["verdict"] == "PartlyUsed"
    assert [each["resourceNames"] for each in secrets["unused"]] == [["other"]]
    assert apps["usedFor"] == [
        {"verbs": ["list"], "apiGroups": ["apps"], "resources": ["deployments"]}
    ]
    assert apps["verdict"] == "PartlyUsed"
    assert impersonation["verdict"] == "Unused"
    assert grants[f"{account.namespace}-app"]["onlyIn"] == account.namespace
    (urls,) = grants[f"{account.namespace}-urls"]["rules"]
    assert urls["unused"] == [{"verbs": ["get"], "nonResourceURLs": ["/healthz/*"]}]


def test_the_right_sized_role_allows_what_was_done_and_no_more(account: Account, log: Path) -> None:
    """Put in place of the old ones, it answers each observed request with yes."""
    ran = usage(account, log, "-o", "yaml")
    documents = list(yaml.safe_load_all(ran.stdout))
    done = [use.request for use in uses(account, log)]
    assert len(set(done)) >= 8
    account.kube.plane.delete(account.objects)
    eventually(lambda: not any(asked(account, [r for r in done if not r.path])))
    account.kube.plane.apply(documents)
    try:
        eventually(lambda: all(asked(account, done)), what="every observed request is allowed")
        namespace = account.namespace
        never = [
            Request("delete", "configmaps", namespace=namespace, name="one"),
            Request("list", "configmaps", namespace=namespace),
            Request("get", "secrets", namespace=namespace, name="other"),
            Request("list", "services"),
            Request("list", "services", namespace="default"),
            Request("delete", "services", namespace=namespace, name="one"),
            Request("get", "deployments", "apps", namespace=namespace, name="one"),
            Request("impersonate", "serviceaccounts", namespace=namespace, name="app"),
            Request("get", path="/healthz/etcd"),
        ]
        assert asked(account, never) == [False] * len(never)
    finally:
        account.kube.plane.delete(each for each in documents if "namespace" not in each["metadata"])


def test_a_grant_that_is_younger_than_the_log_is_not_judged(account: Account, log: Path) -> None:
    """It may not have been needed yet."""
    path = f"/apis/{RBAC}/v1/namespaces/{account.namespace}/rolebindings/app"
    account.kube.merge(path, {"metadata": {"labels": {"touched": "now"}}})
    ran = usage(account, log, "-o", "json")
    (subject,) = json.loads(ran.stdout)["subjects"]
    (young,) = (each for each in subject["grants"] if each["binding"]["kind"] == "RoleBinding")
    assert "after the log begins" in young["notJudged"]
