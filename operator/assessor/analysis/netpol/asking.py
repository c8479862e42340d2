"""Ends and ports as a person writes them, found in a state."""

from collections.abc import Iterator
from ipaddress import ip_address

from msgspec import Struct

from assessor.analysis.cidr import Family
from assessor.analysis.netpol.classes import named_ports
from assessor.analysis.netpol.connections import named
from assessor.analysis.netpol.explaining import End
from assessor.analysis.netpol.portsets import (
    NONE,
    PROTOCOLS,
    PortSet,
    ports,
    resolved,
)
from assessor.analysis.netpol.services import behind, target_ports
from assessor.analysis.netpol.state import Network
from assessor.inventory.network import Service
from assessor.inventory.ownership import RootController
from assessor.kernel.errors import InputError

SERVICE_KINDS = ("service", "services", "svc")


class Port(Struct, frozen=True):
    """One port of one protocol, by number or by the name that containers call it."""

    protocol: str
    port: int | str

    def __str__(self) -> str:
        """As in ``TCP 80``."""
        return f"{self.protocol} {self.port}"


class Target(Struct, frozen=True):
    """An end, and the ports of it that are meant; of a source there are none."""

    end: End
    ports: PortSet = NONE


def port_of(text: str) -> Port:
    """``80``, ``80/UDP``, ``http`` or ``http/TCP``; InputError."""
    name, _, protocol = text.partition("/")
    protocol = protocol.upper() or "TCP"
    if protocol not in PROTOCOLS:
        raise InputError(f"{text}: the protocol is one of {', '.join(PROTOCOLS)}, as in 53/UDP")
    if not name.isdigit():
        if not name:
            raise InputError(f"{text!r} is no port")
        return Port(protocol, name)
    if not ports(protocol, int(name)):
        raise InputError(f"{text}: ports are 1 to 65535")
    return Port(protocol, int(name))


def sources(network: Network, text: str, namespace: str) -> list[End]:
    """The pods, or the address, that connect; InputError where there are none of that name."""
    address = _address(text)
    if address:
        return [address]
    return [end for root in _workloads(network, text, namespace) for end in _ends(network, root)]


def targets(network: Network, text: str, namespace: str, port: Port) -> list[Target]:
    """The pods, or the address, that are connected to, with the port; InputError.

    A Service stands for the pods behind it, and its port for the one that it leads to.
    """
    address = _address(text)
    if address:
        if isinstance(port.port, str):
            raise InputError(f"{text} has no named ports")
        return [Target(address, ports(port.protocol, port.port))]
    kind, place, name = _parts(text, namespace)
    if kind.lower() in SERVICE_KINDS:
        return list(_of_service(network, place, name, port))
    return [
        Target(end, _at(network, end, port))
        for root in _workloads(network, text, namespace)
        for end in _ends(network, root)
    ]


def _address(text: str) -> End | None:
    try:
        value = ip_address(text)
    except ValueError:
        return None
    return End(text, (Family(value.version), int(value)))


def _parts(text: str, namespace: str) -> tuple[str, str, str]:
    """Kind (may be empty), namespace and name of ``[namespace/][kind/]name``."""
    match text.split("/"):
        case [str(name)] if name:
            return "", namespace, name
        case [str(kind), str(name)] if kind.lower() in SERVICE_KINDS and name:
            return kind, namespace, name
        case [str(place), str(name)] if place and name:
            return "", place, name
        case [str(place), str(kind), str(name)] if place and kind and name:
            return kind, place, name
    raise InputError(f"{text!r} is no end: [NAMESPACE/][KIND/]NAME, or an address")


def _workloads(network: Network, text: str, namespace: str) -> list[RootController]:
    kind, place, name = _parts(text, namespace)
    found = [
        root
        for root in network.state.roots
        if (root.ref.namespace, root.ref.name) == (place, name)
        and kind.lower() in ("", root.ref.kind.lower())
    ]
    if not found and not kind:
        # NAMESPACE/NAME and KIND/NAME look alike; a pod's own name is a workload's, too.
        found = [
            root
            for root in network.state.roots
            if root.ref.namespace == namespace
            and (root.ref.kind.lower(), root.ref.name) == (place.lower(), name)
        ] or [
            root
            for root in network.state.roots
            if root.ref.namespace == place and any(pod.meta.name == name for pod in root.pods)
        ]
    if not found:
        raise InputError(f"there is no workload {text}")
    return found


def _ends(network: Network, root: RootController) -> Iterator[End]:
    """Its pods, once for each class of them."""
    number = network.state.roots.index(root)
    classes = network.classes[number]
    for index, each in enumerate(classes, 1):
        which = f", pods {index} of {len(classes)} kinds" if len(classes) > 1 else ""
        yield End(f"{named(root.ref)}{which}", each)


def _at(network: Network, end: End, port: Port) -> PortSet:
    """The port at the end; InputError where nobody calls a port so."""
    if isinstance(port.port, int):
        return ports(port.protocol, port.port)
    roots = network.state.roots
    owners = [
        root for root, classes in zip(roots, network.classes, strict=True) if end.place in classes
    ]
    found = _named_port(owners, port)
    if not found:
        raise InputError(f"no container of {end.name} calls a {port.protocol} port {port.port!r}")
    return found


def _named_port(roots: list[RootController], port: Port) -> PortSet:
    """What the first of the workloads that knows a port's name means by it."""
    for root in roots:
        specs = [pod.spec for pod in root.pods] or [root.spec]
        for spec in specs:
            found = resolved(port.protocol, str(port.port), dict(named_ports(spec)))
            if found:
                return found
    return NONE


def _of_service(network: Network, namespace: str, name: str, port: Port) -> Iterator[Target]:
    service = _service(network, namespace, name)
    meant = [
        each
        for each in service.ports
        if each.protocol == port.protocol and port.port in (each.port, each.name)
    ]
    if not meant:
        raise InputError(f"Service {namespace}/{name} has no port {port}")
    backends = list(behind(service, network.state.roots))
    if not backends:
        raise InputError(f"Service {namespace}/{name} selects no workload")
    for root in backends:
        for end in _ends(network, root):
            for each in meant:
                yield Target(end, target_ports(each, root))


def _service(network: Network, namespace: str, name: str) -> Service:
    for service in network.state.services:
        if (service.meta.namespace, service.meta.name) == (namespace, name):
            return service
    raise InputError(f"there is no Service {namespace}/{name}")
