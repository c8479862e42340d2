"""How soon a change shows in status, and what the operator costs, on a real API server.

    PYTHONPATH=tools:. .venv/bin/python -m tests.bench.drift

Prints the latency of single changes (from the request being sent until a watch shows the verdict),
of bursts, the resident memory, and the processor time of one status echo: the operator's own write
coming back by its watch, beside that of another kind's event in the same run.
"""

import os
import random
import statistics
import time
from collections.abc import Callable

from playground import binary, installation
from playground.client import Json
from playground.controlplane import ControlPlane
from playground.operator_process import OperatorProcess

CHANGES = 200
ECHOES = 500
NAMESPACE = "payments-hardened"
ASSESSMENTS = f"/apis/kube-assessor.dev/v1alpha1/namespaces/{NAMESPACE}/securityassessments"
ASSESSMENT = f"{ASSESSMENTS}/baseline"
POLICIES = f"/apis/networking.k8s.io/v1/namespaces/{NAMESPACE}/networkpolicies"
POLICY = f"{POLICIES}/default-deny-ingress"
MERGE = "application/merge-patch+json"


def main() -> None:
    """Measure all of it once and print it."""
    started = time.monotonic()
    with ControlPlane(binary.find(os.environ)) as plane:  # noqa: TID251 - names the binary
        report("control plane ready", f"{time.monotonic() - started:.2f} s")
        plane.apply(installation.custom_resources())
        plane.apply(installation.operator_without_pod())
        operator = OperatorProcess(plane)
        try:
            started = time.monotonic()
            operator.start()
            report("operator ready", f"{time.monotonic() - started:.2f} s")
            plane.apply(installation.samples())
            time.sleep(3)
            report("resident memory, idle", mebibytes(operator))
            measure_drift(plane)
            report("resident memory, after", mebibytes(operator))
            measure_echo(plane, operator)
            operator.stop()
        finally:
            operator.kill()


def report(what: str, figure: str) -> None:
    """One line of the result."""
    print(f"{what:44} {figure}", flush=True)


def mebibytes(operator: OperatorProcess) -> str:
    """Its resident memory."""
    return f"{operator.resident_bytes() / 2**20:.1f} MiB"


def measure_drift(plane: ControlPlane) -> None:
    """Delete and restore a NetworkPolicy, with random pauses, and wait for each verdict."""
    (policy,) = (each for each in installation.samples() if is_policy(each))
    latencies: list[float] = []
    version = plane.request("GET", ASSESSMENTS)[1]["metadata"]["resourceVersion"]
    query = f"?watch=true&resourceVersion={version}&timeoutSeconds=3600"
    with plane.client.watch(ASSESSMENTS + query) as events:
        for number in range(CHANGES):
            acts: tuple[tuple[str, Callable[[], None]], ...] = (
                ("Fail", lambda: plane.delete([policy])),
                ("Pass", lambda: plane.apply([policy])),
            )
            result, act = acts[number % 2]
            time.sleep(random.uniform(0.05, 0.6))  # noqa: S311 - pauses of any length
            started = time.monotonic()
            act()
            for event in events:
                if verdict(event["object"]) == result:
                    break
            latencies.append(time.monotonic() - started)
    latencies.sort()
    cuts = statistics.quantiles(latencies, n=20)
    report(f"drift over {CHANGES} changes, p50", f"{statistics.median(latencies) * 1000:.0f} ms")
    report(f"drift over {CHANGES} changes, p95", f"{cuts[18] * 1000:.0f} ms")
    report(f"drift over {CHANGES} changes, worst", f"{latencies[-1] * 1000:.0f} ms")


def measure_echo(plane: ControlPlane, operator: OperatorProcess) -> None:
    """Change what no verdict depends on: an assessment's label, then a policy's."""
    size = len(str(plane.request("GET", ASSESSMENT)[1]["status"]))
    idle = spent(operator, lambda: time.sleep(5)) / 5
    echo = per_event(operator, idle, lambda n: relabel(plane, ASSESSMENT, n))
    event = per_event(operator, idle, lambda n: relabel(plane, POLICY, n))
    report("processor while idle", f"{idle * 100:.2f} %")
    report(f"status echo ({size} characters)", f"{echo * 1000:.2f} ms")
    report("event of an informer", f"{event * 1000:.2f} ms")
    report("echo : event", f"{echo / event:.1f}")


def per_event(operator: OperatorProcess, idle: float, change: Callable[[int], None]) -> float:
    """Seconds of processor time that one event costs, beyond what an idle operator uses."""
    started = time.monotonic()

    def changes() -> None:
        for number in range(ECHOES):
            change(number)
            # Slowly enough that no two events are taken for one.
            time.sleep(0.005)
        time.sleep(1)

    used = spent(operator, changes)
    return (used - idle * (time.monotonic() - started)) / ECHOES


def spent(operator: OperatorProcess, act: Callable[[], None]) -> float:
    """Seconds of processor time that the operator uses meanwhile."""
    before = operator.cpu_seconds()
    act()
    return operator.cpu_seconds() - before


def relabel(plane: ControlPlane, path: str, number: int) -> None:
    """Give an object another label."""
    patch = {"metadata": {"labels": {"bench": str(number)}}}
    code, answer = plane.request("PATCH", path, patch, content_type=MERGE)
    if code != 200:
        raise RuntimeError(f"{path}: {code} {answer}")


def is_policy(manifest: Json) -> bool:
    """Whether it is the policy that comes and goes."""
    return POLICY.endswith("/" + manifest["metadata"]["name"]) and (
        manifest["kind"] == "NetworkPolicy"
    )


def verdict(assessment: Json) -> str | None:
    """NET-01's result."""
    controls = assessment.get("status", {}).get("controls", ())
    return next((c["result"] for c in controls if c["id"] == "NET-01"), None)


if __name__ == "__main__":
    main()
