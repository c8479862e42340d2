"""A fix of a namespace's policies, judged as any state is: by the checks of NET-01."""

from collections.abc import Iterator

from msgspec import Struct

from assessor.analysis.netpol.differing import Difference
from assessor.analysis.netpol.fixing.edges import Edge
from assessor.analysis.netpol.fixing.policies import Fix, applied, fix
from assessor.analysis.netpol.fixing.verifying import cut_edges, opened
from assessor.analysis.netpol.portsets import text
from assessor.analysis.netpol.state import State
from assessor.catalogue.checks import Check
from assessor.checks.loading import load
from assessor.engine.assessment import Finding
from assessor.engine.running import run_checks
from assessor.inventory.meta import Meta
from assessor.inventory.snapshot import Snapshot
from assessor.inventory.workloads import Namespace

CONTROL = "NET-01"

MENDED = frozenset(
    {
        "no-network-policy",
        "no-default-deny-ingress",
        "no-default-deny-egress",
        "pod-not-isolated-ingress",
        "pod-not-isolated-egress",
        "allows-every-source",
        "allows-every-destination",
        "dns-to-the-world",
        "dns-blocked",
    }
)
"""The checks whose findings a fix is for."""


class Proof(Struct, frozen=True):
    """A fix, and what was found before and after it."""

    fix: Fix
    entrances: tuple[str, ...]
    """Ingresses and Routes of which nobody said where they are served from."""
    before: tuple[Finding, ...]
    after: tuple[Finding, ...]
    cut: tuple[Edge, ...]
    opened: tuple[Difference, ...]
    """What it lets through that was denied before: at most the way to the name servers."""

    @property
    def remaining(self) -> tuple[Finding, ...]:
        """Findings that the fix is for, and that are still there, or are new."""
        return tuple(
            each for each in self.after if each.check in MENDED and not self._is_outside(each)
        )

    @property
    def holds(self) -> bool:
        """Whether the fix does what it is for, and cuts nothing that is explained."""
        return not self.remaining and not self.cut

    def told(self) -> Iterator[str]:
        """What was proven, a line each."""
        namespace = self.fix.namespace
        gone = {each.fingerprint for each in self.before} - {e.fingerprint for e in self.after}
        removed = sorted({each.check for each in self.before if each.fingerprint in gone})
        yield f"{namespace}: removes {len(gone)} findings of {CONTROL}: {', '.join(removed)}"
        for each in self.after:
            yield f"{namespace}: remains: {each.object}: {each.message}"
        for way in self.opened:
            yield f"{namespace}: opens: {way.source} => {way.destination} : {text(way.ports)}"
        if self.entrances:
            named = ", ".join(self.entrances)
            yield (
                f"{namespace}: whoever serves {named} is not let in, as nothing tells where that"
                " runs: --ingress-from NAMESPACE"
            )
        if self.cut:
            for edge in self.cut:
                yield f"{namespace}: CUTS what is explained by {edge.why}"
        else:
            yield f"{namespace}: none of {len(self.fix.edges)} explained edges is cut"

    def _is_outside(self, finding: Finding) -> bool:
        """Whether it tells of a policy that lets the world in where a Service is there for it."""
        why = self.fix.why.get(finding.object.name, "")
        return "(LoadBalancer)" in why or "(NodePort)" in why


def prove(state: State, namespace: str, entrance_from: str = "") -> Proof:
    """A namespace's fix, evaluated; ``entrance_from``: where Ingresses are served from."""
    made = fix(state, namespace, entrance_from)
    left = () if entrance_from else _entrances(state, namespace)
    return Proof(
        made,
        left,
        _findings(state, namespace),
        _findings(applied(state, made), namespace),
        tuple(cut_edges(state, made)),
        tuple(opened(state, made)),
    )


def _entrances(state: State, namespace: str) -> tuple[str, ...]:
    return tuple(
        f"Ingress {each.meta.name}" for each in state.entrances if each.meta.namespace == namespace
    )


def _findings(state: State, namespace: str) -> tuple[Finding, ...]:
    return tuple(run_checks(_checks(), _snapshot(state, namespace), None).findings)


def _checks() -> list[Check]:
    return [check for check in load() if check.control == CONTROL]


def _snapshot(state: State, namespace: str) -> Snapshot:
    """What the checks look at; other namespaces are left out, as no fix changes them."""
    labels = state.namespaces.get(namespace, {})
    return Snapshot(
        Namespace(Meta(namespace, "", "", labels)),
        pods=tuple(each for each in state.pods if each.meta.namespace == namespace),
        workloads=tuple(each for each in state.workloads if each.meta.namespace == namespace),
        network_policies=tuple(
            each for each in state.policies.network if each.meta.namespace == namespace
        ),
        services=tuple(each for each in state.services if each.meta.namespace == namespace),
        admin_policies=tuple(each for each in state.policies.admin if each.reaches(labels)),
    )
