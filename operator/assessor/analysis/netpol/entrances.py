"""What comes in through Ingresses and Routes: from a controller that nobody showed us.

It is taken for a pod of a namespace that nobody named, without labels: what lets in strangers lets
it in, too.
"""

from collections.abc import Iterator

from assessor.analysis.netpol.evaluator import Place
from assessor.analysis.netpol.portsets import PortSet, union
from assessor.analysis.netpol.services import behind, target_ports
from assessor.analysis.netpol.sides import Verdict
from assessor.analysis.netpol.state import Network
from assessor.analysis.spans import intersect
from assessor.inventory.ingress import Backend
from assessor.inventory.network import Service, ServicePort
from assessor.inventory.ownership import RootController
from assessor.kernel.refs import ObjectRef

CONTROLLER = "{ingress-controller}"


def entered(network: Network) -> Iterator[tuple[ObjectRef, Verdict]]:
    """The workloads that entrances lead to, with the ports that policies leave open."""
    services = {(each.meta.namespace, each.meta.name): each for each in network.state.services}
    classes = dict(zip((root.ref for root in network.state.roots), network.classes, strict=True))
    for entrance in network.state.entrances:
        for backend in entrance.backends:
            service = services.get((entrance.meta.namespace, backend.service))
            if service:
                for root in behind(service, network.state.roots):
                    wanted = _ports(backend, service, root)
                    for each in classes[root.ref]:
                        yield root.ref, _limited(network, each, wanted)


def _ports(backend: Backend, service: Service, root: RootController) -> PortSet:
    return union(target_ports(port, root) for port in service.ports if is_meant(backend, port))


def is_meant(backend: Backend, port: ServicePort) -> bool:
    """Routes name what the Service's port leads to, Ingresses the port itself."""
    return backend.port in (None, port.port, port.name, port.target)


def _limited(network: Network, destination: Place, wanted: PortSet) -> Verdict:
    verdict = network.evaluator.ingress(network.stranger, destination)
    return Verdict(intersect(verdict.certain, wanted), intersect(verdict.possible, wanted))
