"""`assessor assess` on a real cluster, as a tenant runs it: the same verdicts, every finding."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.kube import ACCOUNTS, Json, Kube
from tests.integration.rights import bind

ASSESSOR = Path(sys.executable).with_name("assessor")


RBAC_KINDS = {"roles", "clusterroles", "rolebindings", "clusterrolebindings"}


@pytest.fixture
def tenant(kube: Kube, namespace: str, tmp_path: Path) -> Path:
    """The kubeconfig of one who may view this namespace and nothing else."""
    token = tmp_path / "token"
    token.write_text(bind(kube, namespace, "view", "tenant"))
    return kube.plane.kubeconfig_for_token_file(token)


def run(kubeconfig: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command to its end."""
    return subprocess.run(
        [ASSESSOR, "assess", "--kubeconfig", kubeconfig, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def result(kubeconfig: Path, *arguments: str) -> Json:
    """The only namespace of the JSON document."""
    (namespace,) = json.loads(run(kubeconfig, *arguments, "-o", "json").stdout)["namespaces"]
    return namespace


def test_every_finding_of_a_truncated_status_is_told(
    kube: Kube, namespace: str, tenant: Path, operator: object
) -> None:
    """What status.truncated counts is there, and all else is as the operator judged it.

    A tenant, who may not read roles and bindings, is told so, and nothing passes for that.
    """
    del operator
    for number in range(5):
        account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": f"a{number}"}}
        kube.call("POST", ACCOUNTS.format(namespace), account)
    kube.assess(namespace, reporting={"maxFindings": 2}, failOn="Critical")
    status = kube.judged(namespace, when=lambda s: s["truncated"] >= 4)
    ask = ("-n", namespace, "--assessment", "baseline")
    judged, seen = result(kube.plane.admin_kubeconfig, *ask), result(tenant, *ask)
    assert len(judged["findings"]) == len(status["findings"]) + status["truncated"]
    assert judged["findings"][:2] == status["findings"]
    assert judged["summary"] == status["summary"]
    assert judged["score"] == status["score"]
    assert judged["evidenceGaps"] == []
    verdicts = {verdict["id"]: verdict for verdict in judged["controls"]}
    for told in status["controls"]:
        verdict = verdicts.pop(told["id"])
        assert {k: v for k, v in told.items() if k != "since"} == verdict
    # Of the others nothing is said of the namespace: the status tells them by their reasons.
    for rest in status["notJudged"]:
        why = {(v["result"], v["reason"]) for v in map(verdicts.pop, rest["controls"])}
        assert why == {(rest["result"], rest["reason"])}
    assert verdicts == {}
    assert seen["findings"] == judged["findings"]
    assert {gap["kind"] for gap in seen["evidenceGaps"]} == RBAC_KINDS
    different = {c["id"]: c["reason"] for c in seen["controls"] if c not in judged["controls"]}
    asking = ("AUTHN-02", "AUTHN-04", "AUTHZ-01", "AUTHZ-04")
    assert different == dict.fromkeys(asking, "Forbidden")


def test_exit_code_follows_fail_on(namespace: str, tenant: Path) -> None:
    """1 for a failure of that severity, 0 for a report only, and a table for people."""
    failing = run(tenant, "-n", namespace)
    assert failing.returncode == 1
    assert "no-network-policy" in failing.stdout
    assert run(tenant, "-n", namespace, "--fail-on", "never").returncode == 0


def test_administrator_judges_all_namespaces(kube: Kube, namespace: str) -> None:
    """-A lists each namespace once."""
    made = json.loads(run(kube.plane.admin_kubeconfig, "-A", "-o", "json").stdout)
    names = [each["namespace"] for each in made["namespaces"]]
    assert {namespace, "default", "kube-system"} <= set(names)
    assert len(names) == len(set(names))


def test_what_a_tenant_may_not_read_is_no_pass(kube: Kube, namespace: str, tmp_path: Path) -> None:
    """Without rights nothing is judged, each kind is named, and the exit code is not 0."""
    token = tmp_path / "token"
    token.write_text(bind(kube, namespace, "system:discovery", "nobody"))
    kubeconfig = kube.plane.kubeconfig_for_token_file(token)
    judged = result(kubeconfig, "-n", namespace)
    assert judged["summary"]["pass"] == 0
    gaps = {gap["kind"]: gap["reason"] for gap in judged["evidenceGaps"]}
    assert gaps["networkpolicies"] == gaps["pods"] == gaps["namespaces"] == "Forbidden"
    assert run(kubeconfig, "-n", namespace).returncode == 3


def test_mistakes_end_in_one_line(kube: Kube, namespace: str) -> None:
    """An absent namespace or assessment: exit code 2, the name, and no traceback."""
    for arguments, told in (
        (("-n", "absent-namespace"), "absent-namespace"),
        (("-n", namespace, "--assessment", "absent"), "absent"),
        (("-n", namespace, "--profile", "nope"), "nope"),
    ):
        ended = run(kube.plane.admin_kubeconfig, *arguments)
        assert ended.returncode == 2
        assert told in ended.stderr
        assert len(ended.stderr.splitlines()) == 1
