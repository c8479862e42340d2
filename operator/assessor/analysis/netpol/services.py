"""What stands behind a Service: the workloads that it selects, and their ports."""

from collections.abc import Iterable, Iterator

from assessor.analysis.netpol.classes import named_ports
from assessor.analysis.netpol.portsets import PortSet, ports, resolved, union
from assessor.inventory.network import Service, ServicePort
from assessor.inventory.ownership import RootController


def behind(service: Service, roots: Iterable[RootController]) -> Iterator[RootController]:
    """The workloads of its namespace that it selects; none of one whose endpoints are by hand."""
    if not service.selector:
        return
    for root in roots:
        if root.ref.namespace == service.meta.namespace and selects(service, root):
            yield root


def selects(service: Service, root: RootController) -> bool:
    """Whether it selects pods of the workload, or those that its template will make."""
    labels = [pod.meta.labels for pod in root.pods] or [root.labels]
    return any(
        all(each.get(key) == value for key, value in service.selector.items()) for each in labels
    )


def target_ports(port: ServicePort, root: RootController) -> PortSet:
    """Where one of a Service's ports ends at a workload's pods; NONE of a name nobody has."""
    if isinstance(port.target, str):
        specs = [pod.spec for pod in root.pods] or [root.spec]
        return union(
            resolved(port.protocol, port.target, dict(named_ports(spec))) for spec in specs
        )
    return ports(port.protocol, port.target or port.port)
