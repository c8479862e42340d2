"""What a tenant with the built-in `edit` may do, and what the operator's own rights are."""

from typing import Any

from tests.integration.kube import ASSESSMENTS, Kube, assessment
from tests.integration.rights import bind


def ask(kube: Kube, token: str, method: str, path: str, body: Any = None) -> int:
    """Send one request as the tenant; return the status code."""
    code, _ = kube.plane.request(method, path, body, token=token)
    return int(code)


def test_editor_assesses_its_own_namespace(kube: Kube, namespace: str, operator: object) -> None:
    """`edit` in one namespace creates, reads and deletes assessments there, and nowhere else."""
    del operator
    token = bind(kube, namespace, "edit", "tenant")
    own = ASSESSMENTS.format(namespace)
    assert ask(kube, token, "POST", own, assessment()) == 201
    kube.judged(namespace)
    assert ask(kube, token, "GET", f"{own}/baseline") == 200
    assert ask(kube, token, "POST", ASSESSMENTS.format("default"), assessment()) == 403
    assert ask(kube, token, "DELETE", f"{own}/baseline") == 200


def test_editor_cannot_write_its_own_verdict(kube: Kube, namespace: str) -> None:
    """The status belongs to the operator."""
    token = bind(kube, namespace, "edit", "tenant")
    kube.assess(namespace)
    path = f"{ASSESSMENTS.format(namespace)}/baseline/status"
    code, _ = kube.plane.request(
        "PATCH",
        path,
        {"status": {"score": 100}},
        token=token,
        content_type="application/merge-patch+json",
    )
    assert code == 403


def test_viewer_reads_only(kube: Kube, namespace: str) -> None:
    """`view` reads assessments and creates none."""
    token = bind(kube, namespace, "view", "viewer")
    own = ASSESSMENTS.format(namespace)
    assert ask(kube, token, "GET", own) == 200
    assert ask(kube, token, "POST", own, assessment()) == 403
