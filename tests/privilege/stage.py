"""A cluster in which operators with narrowed rights run one after the other, and what they do."""

import datetime as dt
import itertools
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from playground.controlplane import LOOPBACK, ControlPlane
from playground.operator_process import ACCOUNT, NAMESPACE, OperatorProcess
from tests.faults import witness
from tests.ha.pair import CREDENTIAL, token_id
from tests.integration.kube import (
    ASSESSMENTS,
    DENY_BOTH,
    POLICIES,
    Json,
    Kube,
    control,
    eventually,
    network_policy,
    new_namespace,
)
from tests.privilege.rights import SHIPPED, Right, without

ALL = "/apis/kube-assessor.dev/v1alpha1/securityassessments"
REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
LEASES = f"/apis/coordination.k8s.io/v1/namespaces/{NAMESPACE}/leases"
LEASE = f"{LEASES}/{ACCOUNT}"
FLAGS = ("--leader-elect", "--leader-elect-namespace", NAMESPACE, "--discovery-interval=1")
POLICY = "deny"
ERRORS = "kube_assessor_errors_total"
USABLE = "kube_assessor_informer_usable"


class Panel(NamedTuple):
    """What can be seen of an operator: its probes, its metrics, and what it was refused."""

    ready: bool
    healthy: bool
    leading: bool
    unusable: frozenset[tuple[str, str]]
    """Group and resource of kinds that are no evidence."""
    writes_failed: bool
    events_lost: bool
    refused: frozenset[tuple[str, str, str]]
    """Group, resource and verb of requests that were answered with 403."""


WELL = Panel(
    ready=True,
    healthy=True,
    leading=True,
    unusable=frozenset(),
    writes_failed=False,
    events_lost=False,
    refused=frozenset(),
)


class Operator(OperatorProcess):
    """The operator, also one that never becomes ready; asked by an administrator."""

    def _ready(self) -> bool:
        return True

    def answers(self, path: str) -> bool:
        """Whether a probe answers 200."""
        return self._get(path)[0] == 200

    def said(self, text: str) -> bool:
        """Whether its log holds a text."""
        return text in self.log.read_text(encoding="utf-8")

    def scraped(self) -> tuple[int, str]:
        """The status code and the text of /metrics."""
        return self._get("/metrics")

    def _get(self, path: str) -> tuple[int, str]:
        url = f"http://{LOOPBACK}:{self.port}{path}"
        headers = {"Authorization": f"Bearer {self.plane.token}"}
        answer = self._http.request("GET", url, headers=headers)
        return answer.status, answer.data.decode()


class Stage:
    """The control plane with a scene on it, and the operators that come and go."""

    def __init__(self, plane: ControlPlane) -> None:
        """The scene's assessments exist already; one namespace more is made for drifts."""
        self.plane, self.kube = plane, Kube(plane)
        self._numbers = itertools.count()
        self.drifting = new_namespace(self.kube)
        self.close()
        self.kube.assess(self.drifting)
        listed = self._listed()
        self.assessments = len(listed)
        for each in listed:
            # Each finding has to be told: which check found what decides what is expected.
            path = f"{ASSESSMENTS.format(each['metadata']['namespace'])}/{each['metadata']['name']}"
            self.kube.merge(path, {"spec": {"reporting": {"maxFindings": 200}}})

    # ── operators ─────────────────────────────────────────────────────────────────────────────

    @contextmanager
    def operator(
        self,
        *dropped: Right,
        roles: Iterable[Json] = SHIPPED,
        lease: bool = True,
        flags: Sequence[str] = (),
    ) -> Iterator[Operator]:
        """Run one whose role lacks some rights; ``lease``: whether there is one to take.

        ``flags`` come after those that all have.
        """
        narrowed = [
            role for role in roles if any(r.role == role["metadata"]["name"] for r in dropped)
        ]
        self.plane.apply(without(role, dropped) for role in narrowed)
        self._await_authorizer(dropped, allowed=False)
        self._put_lease(there=lease)
        self.seen = witness.logged(self.plane)
        try:
            with self.standby(*flags) as running:
                yield running
        finally:
            self.plane.apply(narrowed)
            self._await_authorizer(dropped, allowed=True)

    @contextmanager
    def standby(self, *flags: str) -> Iterator[Operator]:
        """Run one more beside the one that leads, with the same rights."""
        running = Operator(self.plane, *FLAGS, *flags, name=f"operator-{next(self._numbers)}")
        try:
            running.start()
            yield running
        finally:
            running.kill()

    def _await_authorizer(self, rights: Iterable[Right], *, allowed: bool) -> None:
        """The API server takes in a role a moment after it has stored it."""
        token = self.plane.service_account_token(NAMESPACE, ACCOUNT, 600)
        for right in rights:
            resource, _, sub = right.resource.partition("/")
            attributes = {
                "group": right.group,
                "resource": resource,
                "subresource": sub,
                "verb": right.verb,
                "namespace": NAMESPACE if right.group == "coordination.k8s.io" else "",
                "name": right.name,
            }
            body = {"spec": {"resourceAttributes": attributes}}
            eventually(
                lambda body=body: (
                    self.kube.call("POST", REVIEWS, body, token=token)["status"]["allowed"]
                    is allowed
                )
            )

    def _put_lease(self, *, there: bool) -> None:
        """One that nobody holds, or none."""
        self.kube.delete(LEASE)
        if there:
            lease = {
                "apiVersion": "coordination.k8s.io/v1",
                "kind": "Lease",
                "metadata": {"name": ACCOUNT},
                "spec": {"leaseDurationSeconds": 1},
            }
            self.kube.call("POST", LEASES, lease)

    # ── what they do ──────────────────────────────────────────────────────────────────────────

    def judged(self, operator: Operator) -> dict[str, Json]:
        """The statuses by namespace, once this operator has judged them all."""

        def all_judged() -> bool:
            told = operator.metrics()
            series = [s for s in told.splitlines() if s.startswith("kube_assessor_coverage{")]
            return len(series) == self.assessments and "kube_assessor_queue_depth 0.0" in told

        eventually(all_judged)
        return self.statuses()

    def statuses(self) -> dict[str, Json]:
        """The stored statuses by namespace."""
        return {each["metadata"]["namespace"]: each.get("status", {}) for each in self._listed()}

    def panel(self, operator: Operator) -> Panel:
        """How it looks now."""
        told = operator.metrics().splitlines()
        unusable = {
            (series.split('group="')[1].split('"')[0], series.split('resource="')[1].split('"')[0])
            for series in told
            if series.startswith(USABLE + "{") and series.endswith(" 0.0")
        }
        return Panel(
            ready=operator.answers("/readyz"),
            healthy=operator.answers("/healthz"),
            leading=bool(operator.metric_sum("kube_assessor_leading")),
            unusable=frozenset(unusable),
            writes_failed=bool(operator.metric_sum(ERRORS, 'place="write"')),
            events_lost=bool(operator.metric_sum(ERRORS, 'place="event"')),
            refused=frozenset(self.requests(code=403)),
        )

    def lease_looks(self, operator: Operator) -> list[dt.datetime]:
        """When one of them read the Lease, by the API server's clock."""
        ours = token_id(operator.token_file)
        return [
            dt.datetime.fromisoformat(event["requestReceivedTimestamp"])
            for event in witness.requests(self.plane, self.seen)
            if _action(event) == ("coordination.k8s.io", "leases", "get")
            and event["user"]["extra"][CREDENTIAL] == [ours]
        ]

    def requests(self, code: int | None = None) -> set[tuple[str, str, str]]:
        """Group, resource and verb of what this operator asked; ``code``: was answered with."""
        made = witness.requests(self.plane, self.seen)
        return {
            _action(event)
            for event in made
            if "objectRef" in event
            and (event["responseStatus"]["code"] == code if code else _succeeded(event))
        }

    def _listed(self) -> list[Json]:
        items: list[Json] = self.kube.call("GET", ALL)["items"]
        return items

    def urls(self) -> set[str]:
        """The paths that this operator asked for and that are no resource's."""
        made = witness.requests(self.plane, self.seen)
        return {e["requestURI"].partition("?")[0] for e in made if "objectRef" not in e}

    # ── drifts ────────────────────────────────────────────────────────────────────────────────

    def drift(self) -> None:
        """Open the namespace and isolate it again, each change seen in its status."""
        self.open()
        self.net_becomes("Fail")
        self.close()
        self.net_becomes("Pass")

    def open(self) -> None:
        """Delete the policy that NET-01 asks for."""
        self.kube.delete(f"{POLICIES.format(self.drifting)}/{POLICY}")

    def close(self) -> None:
        """Make it again."""
        self.kube.call("POST", POLICIES.format(self.drifting), network_policy(POLICY, **DENY_BOTH))

    def net_becomes(self, result: str) -> None:
        """Wait for NET-01's verdict."""
        self.kube.judged(
            self.drifting, when=lambda status: control(status, "NET-01")["result"] == result
        )

    def forget_events(self) -> None:
        """So that the next ones are the first of their kind."""
        self.kube.delete(f"/api/v1/namespaces/{self.drifting}/events")

    def event_counts(self) -> set[int]:
        """How often the Events about the drifting namespace's assessment were told."""
        return {event["count"] for event in self.kube.events(self.drifting)}


def _action(event: Json) -> tuple[str, str, str]:
    ref = event.get("objectRef", {})
    resource = "/".join(filter(None, (ref.get("resource"), ref.get("subresource"))))
    return ref.get("apiGroup", ""), resource, event["verb"]


def _succeeded(event: Json) -> bool:
    return bool(event["responseStatus"]["code"] < 300)
