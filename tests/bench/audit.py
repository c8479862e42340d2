"""What reading audit logs costs: processor time and peak memory over three sizes of log.

    PYTHONPATH=operator:. .venv/bin/python -m tests.bench.audit

Each log is of 50 accounts that make ten kinds of requests for a thousand objects each. Every size
is read in a process of its own, since a process's peak never goes down.
"""

import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from assessor.adapters.audit_log import Reading, read
from assessor.analysis.rbac.directory import Directory
from assessor.analysis.rbac.usage.ledger import Ledger
from assessor.inventory.meta import Meta
from assessor.inventory.rbac import PolicyRule, Role, RoleBinding, RoleRef, Subject

SIZES = (50_000, 200_000, 800_000)
"""Events."""
ACCOUNTS = 50
VERBS = ("get", "list", "watch", "update", "patch")
RESOURCES = ("pods", "configmaps")


def main() -> None:
    """Make each log and read it in another process."""
    print(f"{'events':>8} {'MB':>6} {'seconds':>8} {'events/s':>9} {'peak MiB':>9}")
    with tempfile.TemporaryDirectory() as folder:
        for size in SIZES:
            path = Path(folder) / "audit.log"
            write(path, size)
            subprocess.run([sys.executable, "-m", "tests.bench.audit", path], check=True)


def write(path: Path, size: int) -> None:
    """A log of ``size`` events."""
    chance = random.Random(size)  # noqa: S311 - a benchmark's, no secret
    with path.open("w", encoding="utf-8") as log:
        for _ in range(size):
            log.write(json.dumps(event(chance)) + os.linesep)


def event(chance: random.Random) -> dict[str, object]:
    """One event, with what kube-apiserver writes at level Metadata."""
    account = chance.randrange(ACCOUNTS)
    namespace, name = f"team-{account}", f"object-{chance.randrange(1000)}"
    kind = chance.choice(RESOURCES)
    return {
        "kind": "Event",
        "apiVersion": "audit.k8s.io/v1",
        "level": "Metadata",
        "auditID": f"{chance.getrandbits(128):032x}",
        "stage": "ResponseComplete",
        "requestURI": f"/api/v1/namespaces/{namespace}/{kind}/{name}",
        "verb": chance.choice(VERBS),
        "user": {
            "username": f"system:serviceaccount:{namespace}:app",
            "uid": "00000000-0000-0000-0000-000000000000",
            "groups": [
                "system:serviceaccounts",
                f"system:serviceaccounts:{namespace}",
                "system:authenticated",
            ],
        },
        "sourceIPs": ["192.0.2.1"],
        "userAgent": "app/v1.0 (linux/amd64)",
        "objectRef": {"resource": kind, "namespace": namespace, "name": name, "apiVersion": "v1"},
        "responseStatus": {"metadata": {}, "code": 200},
        "requestReceivedTimestamp": "2026-01-01T00:00:00.000000Z",
        "stageTimestamp": "2026-01-01T00:00:00.001000Z",
        "annotations": {
            "authorization.k8s.io/decision": "allow",
            "authorization.k8s.io/reason": "RBAC: allowed by RoleBinding app",
        },
    }


def measure(path: str) -> None:
    """Read one log into a ledger, and print what it took."""
    ledger, reading = Ledger(directory()), Reading()
    started = time.process_time()
    for use in read([path], reading):
        ledger.take(use)
    seconds = time.process_time() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    megabytes = Path(path).stat().st_size / 1e6
    print(
        f"{reading.events:>8} {megabytes:>6.0f} {seconds:>8.2f}"
        f" {reading.events / seconds:>9.0f} {peak:>9.0f}"
    )


def directory() -> Directory:
    """A Role for each account."""
    rule = PolicyRule(("*",), ("",), RESOURCES)
    roles, bindings = [], []
    for number in range(ACCOUNTS):
        namespace = f"team-{number}"
        meta = Meta("app", namespace, "", {})
        roles.append(Role(meta, (rule,)))
        subject = Subject("ServiceAccount", "app", namespace)
        bindings.append(RoleBinding(meta, RoleRef("Role", "app"), (subject,)))
    return Directory(roles, bindings)


if __name__ == "__main__":
    measure(sys.argv[1]) if len(sys.argv) > 1 else main()
