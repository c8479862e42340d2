"""Two replicas of the operator under load, and which of them wrote when."""

import base64
import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from assessor.adapters.clock import SystemClock
from playground.controlplane import ControlPlane
from playground.operator_process import NAMESPACE, OperatorProcess
from tests.faults.fresh import await_fresh
from tests.faults.witness import requests
from tests.ha.load import NAMESPACES, Load
from tests.integration.kube import Json, Kube, eventually

LEASES = f"/apis/coordination.k8s.io/v1/namespaces/{NAMESPACE}/leases"
LEASE = f"{LEASES}/kube-assessor"
FLAGS = ("--leader-elect", "--leader-elect-namespace", NAMESPACE)
LEADING = "kube_assessor_leading"
CREDENTIAL = "authentication.kubernetes.io/credential-id"
"""Under which the audit log tells which of an account's tokens a request came with (KEP-4193)."""


class Write(NamedTuple):
    """One status that a replica sent; ``at``: when the API server had answered."""

    replica: str
    at: dt.datetime
    code: int


class Replica(OperatorProcess):
    """One of them, known in the audit log by its tokens."""

    def __init__(self, plane: ControlPlane, name: str) -> None:
        """Nothing runs before ``start``."""
        self.credentials: set[str] = set()
        super().__init__(plane, *FLAGS, name=name)
        self.name = name

    @property
    def leads(self) -> bool:
        """Whether it says so."""
        return bool(self.metric_sum(LEADING))

    def rotate_token(self) -> None:
        """As the kubelet does; the new token's id is remembered."""
        super().rotate_token()
        self.credentials.add(token_id(self.token_file))

    def await_lead(self, within: float = 60.0) -> None:
        """Wait until it leads."""
        eventually(lambda: self.leads, within=within, what=f"{self.name} leads")


class Pair:
    """A leader, a standby and the load; ended with the ``with`` statement."""

    def __init__(self, plane: ControlPlane, namespaces: int = NAMESPACES) -> None:
        """Nothing runs before it is entered."""
        self.plane, self.kube, self._namespaces = plane, Kube(plane), namespaces
        self.leader, self.standby = Replica(plane, "first"), Replica(plane, "second")
        self._began = SystemClock().now()

    def __enter__(self) -> Self:
        """Let one lead and the other stand by, with every namespace judged once."""
        self.load = Load(self.kube, self._namespaces)
        self.leader.start()
        self.leader.await_lead()
        self.standby.start()
        for name in self.load.namespaces:
            self.kube.judged(name)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End both; the next pair does not wait for this one's lease to run out."""
        for replica in (self.leader, self.standby):
            if replica.alive:
                replica.resume()
                replica.kill()
        self.load.remove()
        self.plane.request("DELETE", LEASE)

    def holder(self) -> str:
        """As whom the lease is held; empty where nobody holds it."""
        holder: str = self.kube.call("GET", LEASE)["spec"]["holderIdentity"]
        return holder

    def writes(self) -> list[Write]:
        """All statuses sent by the two since this pair began, by when the API server answered."""
        return sorted(self._writes(), key=lambda write: write.at)

    def _writes(self) -> Iterator[Write]:
        for event in requests(self.plane):
            at = dt.datetime.fromisoformat(event["stageTimestamp"])
            if at >= self._began and event.get("objectRef", {}).get("subresource") == "status":
                yield Write(self._sender(event), at, event["responseStatus"]["code"])

    def _sender(self, event: Json) -> str:
        (credential,) = event["user"]["extra"][CREDENTIAL]
        for replica in (self.leader, self.standby):
            if credential in replica.credentials:
                return replica.name
        raise AssertionError(f"neither of the two: {credential}")

    def settles(self, within: float = 60.0) -> None:
        """Wait until each status is what a fresh look at the cluster says; none may be lost."""
        await_fresh(self.plane, self.load.stored, within)

    def assert_one_after_the_other(self) -> None:
        """No status of the first was stored once the second had stored one."""
        stored = [write for write in self.writes() if write.code == 200]
        senders = [write.replica for write in stored]
        assert self.standby.name in senders, "the second wrote nothing"
        first_of_second = senders.index(self.standby.name)
        assert self.leader.name in senders[:first_of_second], "the first wrote nothing"
        late = [w for w in stored[first_of_second:] if w.replica == self.leader.name]
        assert late == []


def token_id(token_file: Path) -> str:
    """The id by which a token is logged: its ``jti`` claim (RFC 7519)."""
    claims = token_file.read_text(encoding="ascii").split(".")[1]
    padded = claims + "=" * (-len(claims) % 4)
    return f"JTI={json.loads(base64.urlsafe_b64decode(padded))['jti']}"
