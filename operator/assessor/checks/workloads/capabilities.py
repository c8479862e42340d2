"""WORKLOAD-10: slices of root that containers keep or get."""

from collections.abc import Iterable, Iterator

from assessor.analysis.capabilities import DEFAULT, NODE, PROHIBITED, normalized
from assessor.analysis.sites import Site
from assessor.catalogue.checks import Problem, Subjects, check
from assessor.catalogue.patches import Change
from assessor.catalogue.pod_checks import each_container
from assessor.catalogue.wording import name_some
from assessor.inventory.containers import Container
from assessor.inventory.kinds import WORKLOAD_EVIDENCE
from assessor.kernel.severity import Severity

ADD = "securityContext.capabilities.add"
DROP = "securityContext.capabilities.drop"
LOW_PORTS = "NET_BIND_SERVICE"


@check(
    "capabilities-kept",
    control="WORKLOAD-10",
    severity=Severity.HIGH,
    over=Subjects.ROOTS,
    needs=WORKLOAD_EVIDENCE,
    remediation="""\
Drop all in each container, and add back only what it proves to need:
securityContext: {capabilities: {drop: [ALL]}}""",
)
@each_container
def capabilities_kept(container: Container, site: Site) -> Iterator[Problem]:
    """The container keeps capabilities that its runtime gives by default.

    `drop` must hold ALL, spelt so: the standard compares strings, and `all` is refused by some
    runtimes. Windows has no capabilities. Source: Pod Security Standards, restricted,
    "Capabilities".
    """
    drop = container.security.drop
    if site.spec.windows or "ALL" in drop:
        return
    spelt = next((each for each in drop if normalized(each) == "ALL"), "")
    at = site.of(container, DROP)
    yield Problem(
        f"capabilities.drop holds {spelt} and not ALL" if spelt else "does not drop ALL",
        at=at,
        patch=(Change(at, ["ALL"]),),
    )


@check(
    "capability-beyond-default",
    control="WORKLOAD-10",
    severity=Severity.HIGH,
    over=Subjects.ROOTS,
    needs=WORKLOAD_EVIDENCE,
    remediation="Remove it from capabilities.add; look for a way that needs no root.",
)
@each_container
def capability_beyond_default(container: Container, site: Site) -> Iterator[Problem]:
    """The container adds capabilities that no runtime gives by default.

    Names are compared as they are spelt: `CAP_CHOWN` and `chown` are not on the list. Critical for
    those that take the node: ALL, SYS_ADMIN, SYS_MODULE, SYS_RAWIO, DAC_READ_SEARCH. Source: Pod
    Security Standards, baseline, "Capabilities".
    """
    beyond = [each for each in container.security.add if each not in DEFAULT]
    takes_node = not NODE.isdisjoint(map(normalized, beyond))
    yield from _added(container, site, beyond, Severity.CRITICAL if takes_node else Severity.HIGH)


@check(
    "default-capability-added",
    control="WORKLOAD-10",
    severity=Severity.HIGH,
    over=Subjects.ROOTS,
    needs=WORKLOAD_EVIDENCE,
    remediation="Remove it from capabilities.add; a program that starts as non-root needs none.",
)
@each_container
def default_capability_added(container: Container, site: Site) -> Iterator[Problem]:
    """The container adds capabilities that runtimes give by default and the restricted level takes.

    High for those on the checklist's list: CHOWN, FSETID, SETGID, SETUID, SYS_CHROOT; Medium for
    the others. NET_BIND_SERVICE is net-bind-service's. Source: Pod Security Standards, restricted,
    "Capabilities".
    """
    again = [each for each in container.security.add if each in DEFAULT and each != LOW_PORTS]
    listed = not PROHIBITED.isdisjoint(again)
    yield from _added(container, site, again, Severity.HIGH if listed else Severity.MEDIUM)


@check(
    "net-bind-service",
    control="WORKLOAD-10",
    severity=Severity.LOW,
    over=Subjects.ROOTS,
    needs=WORKLOAD_EVIDENCE,
    remediation="""\
Listen on a port from 1024 up and let the Service map it, or allow low ports without a capability:
sysctls: [{name: net.ipv4.ip_unprivileged_port_start, value: "0"}]""",
)
@each_container
def net_bind_service(container: Container, site: Site) -> Iterator[Problem]:
    """The container adds NET_BIND_SERVICE, which the checklist lists among the forbidden ones.

    The restricted level of the Pod Security Standards allows it, so it is Low: a Service can map
    port 80 to any other.
    """
    bound = [each for each in container.security.add if each == LOW_PORTS]
    yield from _added(container, site, bound, Severity.LOW)


def _added(
    container: Container, site: Site, bad: Iterable[str], severity: Severity
) -> Iterator[Problem]:
    """One problem for all of them; the patch keeps what else is added."""
    names = list(dict.fromkeys(bad))
    if names:
        at = site.of(container, ADD)
        kept = [each for each in container.security.add if each not in names]
        yield Problem(
            f"adds {name_some(names)}", at=at, severity=severity, patch=(Change(at, kept or None),)
        )
