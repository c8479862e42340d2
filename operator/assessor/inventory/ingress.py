"""Ways into a cluster: which Services an Ingress, or a Route, leads to."""

from msgspec import Struct

from assessor.inventory.meta import Meta


class Backend(Struct, frozen=True):
    """A Service's port, by number or name; None means every port."""

    service: str
    port: int | str | None = None


class Entrance(Struct, frozen=True):
    """An Ingress of networking.k8s.io/v1, or a Route of route.openshift.io/v1."""

    meta: Meta
    backends: tuple[Backend, ...] = ()
