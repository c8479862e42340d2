"""WORKLOAD-05 and WORKLOAD-06: pods in their node's processes, shared memory or network."""

from collections.abc import Iterator

from msgspec.structs import replace

from assessor.analysis.effective import host_process_setters
from assessor.analysis.sites import Site
from assessor.catalogue.checks import Problem, Subjects, check
from assessor.catalogue.patches import Change, Patch
from assessor.catalogue.pod_checks import each_container, each_pod
from assessor.catalogue.wording import name_some
from assessor.inventory.containers import Container
from assessor.inventory.kinds import WORKLOAD_EVIDENCE
from assessor.kernel.severity import Severity


@check(
    "host-pid",
    control="WORKLOAD-05",
    severity=Severity.CRITICAL,
    over=Subjects.ROOTS,
    needs=WORKLOAD_EVIDENCE,
    remediation="Remove `hostPID: true` from the pod template.",
)
@each_pod
def host_pid(site: Site) -> Iterator[Problem]:
    """The pod sees, and can signal, every process on its node.

    As root it reads their memory and environment too. Absent means false. Source: Pod Security
    Standards, baseline, "Host Namespaces".
    """
    if site.spec.host_pid:
        yield _shared(site, "hostPID")


@check(
    "host-ipc",
    control="WORKLOAD-05",
    severity=Severity.CRITICAL,
    over=Subjects.ROOTS,
    needs=WORKLOAD_EVIDENCE,
    remediation="Remove `hostIPC: true` from the pod template.",
)
@each_pod
def host_ipc(site: Site) -> Iterator[Problem]:
    """The pod shares System V and POSIX memory with its node's processes.

    It can read and change what they exchange there. Absent means false. Source: Pod Security
    Standards, baseline, "Host Namespaces".
    """
    if site.spec.host_ipc:
        yield _shared(site, "hostIPC")


@check(
    "host-network",
    control="WORKLOAD-06",
    severity=Severity.HIGH,
    over=Subjects.ROOTS,
    needs=WORKLOAD_EVIDENCE,
    remediation="""\
Remove `hostNetwork: true` from the pod template; to be reached from outside, use a Service, an
Ingress or a Gateway.""",
)
@each_pod
def host_network(site: Site) -> Iterator[Problem]:
    """The pod is on its node's network, with the node's address and its local services.

    NetworkPolicies pass it by, and it can listen on the node's ports. Absent means false. Source:
    Pod Security Standards, baseline, "Host Namespaces".
    """
    if site.spec.host_network:
        found = _shared(site, "hostNetwork")
        yield replace(found, patch=_off_the_network(found.patch, site))


def _off_the_network(patch: Patch, site: Site) -> Patch:
    """With the host ports, which would count then; none for a HostProcess pod, which must stay."""
    if host_process_setters(site):
        return ()
    ports = (path for each in site.spec.containers for path in _host_ports(each, site))
    return (*patch, *map(Change, ports))


def _shared(site: Site, field: str) -> Problem:
    at = site.path(field)
    return Problem(f"{field} is true", at=at, patch=(Change(at),))


@check(
    "host-port",
    control="WORKLOAD-06",
    severity=Severity.HIGH,
    over=Subjects.ROOTS,
    needs=WORKLOAD_EVIDENCE,
    remediation="""\
Remove hostPort from the container's ports; to be reached from outside, use a Service, an Ingress or
a Gateway.""",
)
@each_container
def host_port(container: Container, site: Site) -> Iterator[Problem]:
    """The container takes a port of its node, past Services and often past NetworkPolicies.

    With hostNetwork every port is one, and the API server fills in hostPort on pods: that is told
    by host-network alone. Source: Pod Security Standards, baseline, "Host Ports".
    """
    paths = _host_ports(container, site)
    if paths and not site.spec.host_network:
        taken = (str(port.host_port) for port in container.ports if port.host_port)
        yield Problem(
            f"takes hostPort {name_some(taken)}", at=paths[0], patch=tuple(map(Change, paths))
        )


def _host_ports(container: Container, site: Site) -> list[str]:
    """The paths of the fields that take a port of the node."""
    ports = enumerate(container.ports)
    return [site.of(container, f"ports[{i}].hostPort") for i, port in ports if port.host_port]


@check(
    "probe-host",
    control="WORKLOAD-06",
    severity=Severity.MEDIUM,
    over=Subjects.ROOTS,
    needs=WORKLOAD_EVIDENCE,
    remediation="Remove `host` from probes and lifecycle handlers: the pod's own address is meant.",
)
@each_container
def probe_host(container: Container, site: Site) -> Iterator[Problem]:
    """A probe or lifecycle handler makes the kubelet connect to an address that is named in it.

    From the node's network that reaches services which trust the node, its loopback among them.
    Source: Pod Security Standards, baseline since 1.34, "Host Probes / Lifecycle Hooks".
    """
    if container.probe_hosts:
        paths = [site.of(container, field) for field in container.probe_hosts]
        yield Problem(
            f"a host is named in {name_some(container.probe_hosts)}",
            at=paths[0],
            patch=tuple(map(Change, paths)),
        )
