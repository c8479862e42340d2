"""The ports that workloads are known to serve: what containers declare and Services lead to."""

from collections.abc import Iterable

from assessor.analysis.netpol.portsets import PortSet, ports, union
from assessor.analysis.netpol.services import selects, target_ports
from assessor.inventory.network import Service
from assessor.inventory.ownership import RootController


def served(root: RootController, services: Iterable[Service]) -> PortSet:
    """The ports of one workload; NONE where nobody says any."""
    specs = [pod.spec for pod in root.pods] or [root.spec]
    declared = (
        ports(port.protocol, port.number)
        for spec in specs
        for container in spec.containers
        for port in container.ports
    )
    led_to = (
        target_ports(port, root)
        for service in services
        if service.selector and selects(service, root)
        for port in service.ports
    )
    return union((*declared, *led_to))
