"""A namespace under a fault: what tests do to it, and what must come of it in the end."""

from playground.operator_process import OperatorProcess
from tests.faults.fresh import Cluster
from tests.faults.proxy import Proxy
from tests.integration.kube import (
    DENY_BOTH,
    POLICIES,
    Json,
    Kube,
    control,
    eventually,
    network_policy,
)

DENY = "deny"
"""The one policy that decides NET-01."""

INFORMER_ERRORS = "kube_assessor_informer_errors_total"
ERRORS = "kube_assessor_errors_total"
USABLE = "kube_assessor_informer_usable"


class Scene:
    """One namespace, the proxy and the operator."""

    def __init__(self, kube: Kube, namespace: str, proxy: Proxy, operator: OperatorProcess) -> None:
        """``operator`` runs behind ``proxy``; ``kube`` goes past it."""
        self.kube, self.namespace = kube, namespace
        self.proxy, self.operator = proxy, operator
        self.pid = operator.pid
        """The operator's process, which must survive."""

    # ── what is done to it ────────────────────────────────────────────────────────────────────

    def isolate(self, name: str = DENY) -> None:
        """Make the policy that NET-01 asks for."""
        self.kube.call("POST", POLICIES.format(self.namespace), network_policy(name, **DENY_BOTH))

    def open_up(self, name: str = DENY) -> None:
        """Delete it."""
        self.kube.delete(f"{POLICIES.format(self.namespace)}/{name}")

    # ── what comes of it ──────────────────────────────────────────────────────────────────────

    def status(self) -> Json:
        """The stored status."""
        return self.kube.status(self.namespace)

    def net(self) -> tuple[str, str]:
        """NET-01's result and reason now."""
        found = control(self.status(), "NET-01")
        return str(found["result"]), str(found.get("reason", ""))

    def net_becomes(self, result: str, reason: str = "", *, within: float = 30.0) -> Json:
        """Wait for NET-01 to have this result (and reason), and return the status."""

        def as_wanted(status: Json) -> bool:
            found = control(status, "NET-01")
            return found["result"] == result and (not reason or found.get("reason") == reason)

        what = f"NET-01 {result} {reason}"
        return self.kube.judged(self.namespace, when=as_wanted, within=within, what=what)

    def usable(self, kind: str) -> bool:
        """Whether the operator takes its view of ``kind`` for evidence."""
        return bool(self.operator.metric_sum(USABLE, f'resource="{kind}"'))

    def errors(self, kind: str, error: str) -> float:
        """How often an informer of ``kind`` met this error."""
        labels = f'error="{error}",'
        return sum(
            self.operator.metric_sum(INFORMER_ERRORS, f'{labels}group="{group}",resource="{kind}"')
            for group in ("", "networking.k8s.io")
        )

    def settles(self, within: float = 30.0) -> None:
        """Wait until the stored status is what a fresh look at the whole cluster says.

        The same process must have survived it all.
        """
        left: list[str] = []

        def look() -> bool:
            assessment = self.kube.assessment(self.namespace)
            assert assessment is not None
            left[:] = Cluster(self.kube.plane).differences(assessment)
            return not left

        try:
            eventually(look, within=within)
        except AssertionError:
            raise AssertionError(
                "status and fresh assessment differ:\n" + "\n".join(left)
            ) from None
        assert self.operator.alive
        assert self.operator.pid == self.pid
