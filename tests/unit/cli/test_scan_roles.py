"""`assessor scan` of bindings whose role is in no file."""

import json

import pytest
from click.testing import CliRunner

from assessor.cli.scan import scan

BINDING = """
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {{name: devs, namespace: shop}}
roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: {role}}}
subjects: [{{kind: ServiceAccount, name: app, namespace: shop}}]
"""


def scanned(role: str, monkeypatch: pytest.MonkeyPatch, *options: str) -> dict[str, str]:
    """The results of AUTHZ-04, and of each check that finds something."""
    text = BINDING.format(role=role).encode()
    monkeypatch.setattr("assessor.adapters.manifests.reading._stdin", lambda: text)
    done = CliRunner().invoke(scan, ["-", "-o", "json", "--control", "AUTHZ-*", *options])
    told = json.loads(done.stdout)
    results = {each["id"]: each["result"] for each in told["controls"]}
    return {each["check"]: each["message"] for each in told["findings"]} | {
        "AUTHZ-04": results["AUTHZ-04"]
    }


def test_default_roles_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every cluster has them, whatever the files hold."""
    assert "read all Secrets" in scanned("edit", monkeypatch)["built-in-role"]
    assert "do everything" in scanned("cluster-admin", monkeypatch)["all-powers"]
    assert scanned("view", monkeypatch) == {"AUTHZ-04": "Pass"}


def test_a_default_role_does_not_dangle(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even where the files are all there is; another one does."""
    assert "dangling-role" not in scanned("view", monkeypatch, "--complete")
    assert "dangling-role" in scanned("mystery", monkeypatch, "--complete")


def test_what_an_unknown_role_grants_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    """Silence about it is no pass."""
    assert scanned("mystery", monkeypatch) == {"AUTHZ-04": "Unknown"}
    assert scanned("mystery", monkeypatch, "--complete")["AUTHZ-04"] == "Pass"
