"""The API server's audit log as witness of all that the operator asked for."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playground.controlplane import ControlPlane
from playground.operator_process import ACCOUNT, NAMESPACE

Json = dict[str, Any]

USER = f"system:serviceaccount:{NAMESPACE}:{ACCOUNT}"
READS = {"get", "list", "watch"}
OWN = {
    ("patch", "securityassessments/status"),
    ("create", "events"),
    ("patch", "events"),
    ("create", "leases"),
    ("patch", "leases"),
}
"""The writes that are the operator's to make."""


def logged(plane: ControlPlane) -> int:
    """Bytes of audit log so far: where requests that are yet to come will begin."""
    return sum(path.stat().st_size for path in _logs(plane))


def requests(plane: ControlPlane, begin: int = 0) -> Iterator[Json]:
    """The requests of the operator's account behind the first ``begin`` bytes of all the log.

    The API server begins a new file every 100 MB; what is in the ones before counts as well.
    """
    for path in _logs(plane):
        size = path.stat().st_size
        if begin < size:
            yield from _ours(path, begin)
        begin = max(0, begin - size)


def _logs(plane: ControlPlane) -> list[Path]:
    """Oldest first: the names of rotated ones hold when that was, and sort before the present."""
    return sorted(plane.folder.glob(f"{plane.audit_log.stem}*{plane.audit_log.suffix}"))


def _ours(path: Path, begin: int) -> Iterator[Json]:
    with path.open("rb") as log:
        log.seek(begin)
        for line in log:
            # Most of it is others': their lines are not decoded. The last one may be half written.
            if USER.encode() in line and line.endswith(b"\n"):
                event = json.loads(line)
                if event["user"].get("username") == USER:
                    yield event


def accusations(plane: ControlPlane) -> tuple[int, set[str]]:
    """How many requests there were, and what should not have been among them.

    Which object an Event is about is in no audit log at this level: the Events themselves tell.
    """
    seen, accused = 0, set[str]()
    for event in requests(plane):
        seen += 1
        resource, verb = _resource(event), event["verb"]
        if "secrets" in resource or (verb not in READS and (verb, resource) not in OWN):
            accused.add(f"{verb} {event['requestURI']}")
    return seen, accused


def foreign_events(plane: ControlPlane) -> list[str]:
    """The operator's Events about anything but an assessment in the same namespace."""
    _, listed = plane.request("GET", "/api/v1/events")
    return [
        f"{event['metadata']['namespace']}/{event['metadata']['name']}"
        for event in listed["items"]
        if event["source"].get("component") == ACCOUNT
        and (event["involvedObject"]["kind"], event["involvedObject"]["namespace"])
        != ("SecurityAssessment", event["metadata"]["namespace"])
    ]


def _resource(event: Json) -> str:
    ref = event.get("objectRef", {})
    return "/".join(filter(None, (ref.get("resource"), ref.get("subresource"))))
