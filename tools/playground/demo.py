"""`make demo`: the main job from an empty folder to a drift that is told, and nothing left over."""

import os
import sys
import textwrap
import time
from collections.abc import Callable, Iterator

from playground import binary, installation, table
from playground.client import Json
from playground.controlplane import ControlPlane
from playground.errors import PlaygroundError
from playground.operator_process import OperatorProcess
from playground.processes import runs

ASSESSMENTS = "/apis/kube-assessor.dev/v1alpha1/securityassessments"
COLLECTION = "/apis/kube-assessor.dev/v1alpha1/namespaces/{}/securityassessments"
HARDENED, CARELESS = "payments-hardened", "payments-careless"
POLICY = "default-deny-ingress"
IDENTITY = "system:serviceaccount:kube-assessor-system:kube-assessor"
WITHIN = 30
"""Seconds in which everything that the demo waits for must happen."""


class NotSeenError(PlaygroundError):
    """Something that the demo is there to show did not happen."""


def run() -> None:
    """Show all of it; PlaygroundError where something was not seen."""
    program = binary.find(os.environ)  # noqa: TID251 - the playground's settings
    started = time.monotonic()
    with ControlPlane(program) as plane:
        _tell(f"etcd, kube-apiserver and controllers ready after {_since(started)}: {plane.url}")
        operator = _show(plane)
        folder, pids = plane.folder, {operator, *plane.pids.values()}
    _expect(not folder.exists(), f"{folder} is gone")
    _expect(not any(map(runs, pids)), "every process has ended, the operator's too")
    _title(f"All of it was seen, and is gone again, in {_since(started)}.")


def _show(plane: ControlPlane) -> int:
    """All that there is to see; the operator's process id."""
    _title("Install: the CRD, RBAC, and the operator with its own ServiceAccount's token")
    plane.apply(installation.custom_resources())
    plane.apply(installation.operator_without_pod())
    operator = OperatorProcess(plane)
    try:
        operator.start()
        _expect(_identity(plane, operator) == IDENTITY, f"the operator is {IDENTITY}")
        _apply_samples(plane)
        _show_findings(plane)
        _show_drift(plane)
        operator.stop()
        _tell("the operator ended cleanly")
    except PlaygroundError:
        print(f"The operator's last lines:\n{operator.last_words()}", file=sys.stderr)
        raise
    finally:
        operator.kill()
    return operator.pid


def _identity(plane: ControlPlane, operator: OperatorProcess) -> str:
    """Who the API server takes the operator for."""
    review = {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}
    _, answer = plane.request(
        "POST",
        "/apis/authentication.k8s.io/v1/selfsubjectreviews",
        review,
        token=operator.token_file.read_text(encoding="ascii"),
    )
    return str(answer.get("status", {}).get("userInfo", {}).get("username"))


def _apply_samples(plane: ControlPlane) -> None:
    _title("Apply manifests/samples: a hardened and a careless namespace, an assessment in each")
    started = time.monotonic()
    plane.apply([*installation.surroundings(), *installation.samples()])
    _await("the hardened namespace is compliant", lambda: _compliant(plane, HARDENED) == "True")
    _await("the careless one is not", lambda: _compliant(plane, CARELESS) == "False")
    _tell(f"applied and judged in {_since(started)}")
    _print_table(plane)
    shown = {
        (item["metadata"]["namespace"], condition["type"]): condition["status"]
        for item in plane.request("GET", ASSESSMENTS)[1]["items"]
        for condition in item["status"]["conditions"]
    }
    for namespace in (HARDENED, CARELESS):
        _expect(shown[namespace, "Ready"] == "True", f"{namespace}: the assessment is current")
        _expect(shown[namespace, "EvidenceComplete"] == "True", f"{namespace}: all was readable")


def _print_table(plane: ControlPlane) -> None:
    print("\n$ kubectl get securityassessments -A")
    _, answer = plane.request("GET", ASSESSMENTS, accept=table.ACCEPT)
    print(table.rendered(answer, namespaces=True) + "\n", flush=True)


def _show_findings(plane: ControlPlane) -> None:
    for namespace in (HARDENED, CARELESS):
        findings = _status(plane, namespace).get("findings", [])
        _title(f"Findings in {namespace}: {len(findings)}")
        _print_findings(findings)
    _expect(not _failing(plane, HARDENED), f"{HARDENED}: nothing fails")
    expected = {"NET-01", "AUTHZ-01", "AUTHZ-02", "AUTHZ-04"}
    _expect(
        expected <= _failing(plane, CARELESS), f"{CARELESS}: {', '.join(sorted(expected))} fail"
    )


def _print_findings(findings: list[Json]) -> None:
    """One line each, and with the first of a check how to mend it."""
    told: set[str] = set()
    for finding in findings:
        place = f"{finding['severity']:8} {finding['control']:8} {finding['object']}"
        print(f"{place}: {finding['message']}")
        if finding["check"] not in told:
            told.add(finding["check"])
            print(textwrap.indent(finding["remediation"], " " * 18 + "│ "))


def _show_drift(plane: ControlPlane) -> None:
    _title(f"Drift: NetworkPolicy {POLICY} is deleted from {HARDENED}")
    (policy,) = (
        each
        for each in installation.samples()
        if (each["metadata"]["name"], each["kind"]) == (POLICY, "NetworkPolicy")
    )
    seconds = _until_verdict(plane, "Fail", lambda: plane.delete([policy]))
    _tell(f"NET-01 is Fail in status {seconds * 1000:.0f} ms after the deletion was sent")
    started = time.monotonic()
    _await("an Event tells that NET-01 failed", lambda: _event(plane, "ControlFailed"))
    _await("an Event tells of the compliance", lambda: _event(plane, "ComplianceChanged"))
    _tell(f"the Events were there {_since(started)} later:")
    for event in _events(plane):
        print(f"    {event['type']:8} {event['reason']:18} {event['message']}")
    _print_table(plane)
    seconds = _until_verdict(plane, "Pass", lambda: plane.apply([policy]))
    _tell(f"the policy is back, and NET-01 is Pass after {seconds * 1000:.0f} ms")
    _await("an Event tells of the recovery", lambda: _event(plane, "ControlRecovered"))


def _until_verdict(plane: ControlPlane, result: str, act: Callable[[], None]) -> float:
    """Seconds from the start of ``act`` until a watch shows NET-01 with ``result``."""
    path = COLLECTION.format(HARDENED)
    version = plane.request("GET", path)[1]["metadata"]["resourceVersion"]
    query = f"?watch=true&resourceVersion={version}&timeoutSeconds={WITHIN}"
    with plane.client.watch(path + query) as events:
        started = time.monotonic()
        act()
        for event in events:
            if _net(event["object"].get("status", {})) == result:
                return time.monotonic() - started
    raise NotSeenError(f"NET-01 did not become {result} within {WITHIN} s")


# ── what there is to see ──────────────────────────────────────────────────────────────────────


def _status(plane: ControlPlane, namespace: str) -> Json:
    _, answer = plane.request("GET", COLLECTION.format(namespace) + "/baseline")
    status: Json = answer.get("status") or {}
    return status


def _compliant(plane: ControlPlane, namespace: str) -> str | None:
    conditions = _status(plane, namespace).get("conditions", ())
    return next((c["status"] for c in conditions if c["type"] == "Compliant"), None)


def _failing(plane: ControlPlane, namespace: str) -> set[str]:
    controls = _status(plane, namespace).get("controls", ())
    return {control["id"] for control in controls if control["result"] == "Fail"}


def _net(status: Json) -> str | None:
    found = (c["result"] for c in status.get("controls", ()) if c["id"] == "NET-01")
    return next(found, None)


def _events(plane: ControlPlane) -> Iterator[Json]:
    _, answer = plane.request("GET", f"/api/v1/namespaces/{HARDENED}/events")
    for event in answer["items"]:
        if event["involvedObject"]["kind"] == "SecurityAssessment":
            yield event


def _event(plane: ControlPlane, reason: str) -> bool:
    return any(event["reason"] == reason for event in _events(plane))


# ── how it is told ────────────────────────────────────────────────────────────────────────────


def _await(what: str, seen: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WITHIN
    while not seen():
        if time.monotonic() > deadline:
            raise NotSeenError(f"not seen within {WITHIN} s: {what}")
        time.sleep(0.02)
    _tell(what)


def _expect(seen: bool, what: str) -> None:  # noqa: FBT001 - reads as a sentence
    if not seen:
        raise NotSeenError(f"not so: {what}")
    _tell(what)


def _tell(text: str) -> None:
    print(f"✓ {text}", flush=True)


def _title(text: str) -> None:
    print(f"\n── {text}", flush=True)


def _since(started: float) -> str:
    return f"{time.monotonic() - started:.1f} s"
