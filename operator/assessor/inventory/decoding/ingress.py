"""Ingresses of networking.k8s.io/v1 and Routes of route.openshift.io/v1."""

from collections.abc import Iterator

from msgspec import field

from assessor.inventory.decoding.interning import Interner
from assessor.inventory.decoding.wire import Wire, WireMeta, project_meta
from assessor.inventory.ingress import Backend, Entrance
from assessor.inventory.kinds import ObservedKind


class WireBackendPort(Wire):
    """backend.service.port: a number or a name."""

    number: int | None = None
    name: str | None = None


class WireBackendService(Wire):
    """backend.service."""

    name: str
    port: WireBackendPort = field(default_factory=WireBackendPort)


class WireBackend(Wire):
    """A backend; one that is a resource is no Service."""

    service: WireBackendService | None = None


class WirePath(Wire):
    """rules[].http.paths[]."""

    backend: WireBackend


class WireHTTP(Wire):
    """rules[].http."""

    paths: list[WirePath] | None = None


class WireIngressRule(Wire):
    """spec.rules[]."""

    http: WireHTTP | None = None


class WireIngressSpec(Wire):
    """spec of an Ingress."""

    default_backend: WireBackend | None = None
    rules: list[WireIngressRule] | None = None


class WireIngress(Wire):
    """An Ingress."""

    metadata: WireMeta
    spec: WireIngressSpec = field(default_factory=WireIngressSpec)


class WireRouteTarget(Wire):
    """spec.to and spec.alternateBackends[]."""

    name: str = ""


class WireRoutePort(Wire):
    """spec.port; targetPort is what the Service's port leads to, or its name."""

    target_port: int | str | None = None


class WireRouteSpec(Wire):
    """spec of a Route."""

    to: WireRouteTarget = field(default_factory=WireRouteTarget)
    alternate_backends: list[WireRouteTarget] | None = None
    port: WireRoutePort | None = None


class WireRoute(Wire):
    """A Route."""

    metadata: WireMeta
    spec: WireRouteSpec = field(default_factory=WireRouteSpec)


def project_ingress(wire: WireIngress, kind: ObservedKind, interner: Interner) -> Entrance:
    """The view of an Ingress."""
    return Entrance(project_meta(wire.metadata, kind, interner), tuple(_backends(wire.spec)))


def _backends(spec: WireIngressSpec) -> Iterator[Backend]:
    given = [spec.default_backend] if spec.default_backend else []
    given += [path.backend for rule in spec.rules or () for path in _paths(rule)]
    for backend in given:
        if backend.service:
            port = backend.service.port
            yield Backend(backend.service.name, port.number or port.name)


def _paths(rule: WireIngressRule) -> list[WirePath]:
    return (rule.http.paths if rule.http else None) or []


def project_route(wire: WireRoute, kind: ObservedKind, interner: Interner) -> Entrance:
    """The view of a Route."""
    spec = wire.spec
    port = spec.port.target_port if spec.port else None
    targets = (spec.to, *(spec.alternate_backends or ()))
    return Entrance(
        project_meta(wire.metadata, kind, interner),
        tuple(Backend(target.name, port) for target in targets if target.name),
    )
