"""NetworkPolicies, Services and the policies of other engines, as written by their authors."""

from msgspec import Struct

from assessor.inventory.meta import Labels, Meta


class Requirement(Struct, frozen=True):
    """One entry of matchExpressions; ``operator`` is In, NotIn, Exists or DoesNotExist."""

    key: str
    operator: str
    values: tuple[str, ...] = ()

    def matches(self, labels: Labels) -> bool:
        """Whether ``labels`` meet it; absent keys meet NotIn (metav1.LabelSelectorRequirement)."""
        match self.operator:
            case "In":
                return labels.get(self.key) in self.values if self.key in labels else False
            case "NotIn":
                return labels.get(self.key) not in self.values
            case "Exists":
                return self.key in labels
            case "DoesNotExist":
                return self.key not in labels
            case _:
                raise ValueError(f"unknown label selector operator {self.operator!r}")


class LabelSelector(Struct, frozen=True):
    """A metav1.LabelSelector; an empty one matches everything."""

    match_labels: tuple[tuple[str, str], ...] = ()
    match_expressions: tuple[Requirement, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether it has no requirement at all and so matches everything."""
        return not self.match_labels and not self.match_expressions

    def matches(self, labels: Labels) -> bool:
        """Whether ``labels`` meet every requirement."""
        return all(labels.get(key) == value for key, value in self.match_labels) and all(
            requirement.matches(labels) for requirement in self.match_expressions
        )


class IPBlock(Struct, frozen=True):
    """A CIDR without its exceptions, spelt as stored (host bits may survive from before 1.36)."""

    cidr: str
    excluded: tuple[str, ...] = ()


class Peer(Struct, frozen=True):
    """One entry of from/to. Both selectors set means AND; None means absent."""

    pod_selector: LabelSelector | None = None
    namespace_selector: LabelSelector | None = None
    ip_block: IPBlock | None = None


class PeerReach(Struct, frozen=True):
    """Whom a peer means in other namespaces now.

    ``namespaces`` are the first of those that match, by name, ``more`` counts the others; ``pods``
    tells whether there is a pod in one of them that it means.
    """

    namespaces: tuple[str, ...] = ()
    more: int = 0
    pods: bool = False


class PolicyPort(Struct, frozen=True):
    """One entry of ports; ``port`` None means all ports of the protocol."""

    protocol: str = "TCP"
    port: int | str | None = None
    end_port: int | None = None


class PolicyRule(Struct, frozen=True):
    """One ingress or egress rule; no peers means every peer, no ports every port."""

    peers: tuple[Peer, ...] = ()
    ports: tuple[PolicyPort, ...] = ()


class NetworkPolicy(Struct, frozen=True):
    """A networking.k8s.io/v1 NetworkPolicy; ``policy_types`` is None where absent."""

    meta: Meta
    pod_selector: LabelSelector
    policy_types: tuple[str, ...] | None = None
    ingress: tuple[PolicyRule, ...] = ()
    egress: tuple[PolicyRule, ...] = ()


class ServicePort(Struct, frozen=True):
    """One port of a Service; ``target`` is a number, a name, or None for the same number."""

    port: int
    protocol: str = "TCP"
    name: str = ""
    target: int | str | None = None


class Service(Struct, frozen=True):
    """A Service; ``selector`` is empty where its endpoints are managed by hand.

    ``source_ranges`` are the CIDRs that a load balancer lets in, none for all.
    """

    meta: Meta
    type: str = "ClusterIP"
    selector: Labels = {}
    ports: tuple[ServicePort, ...] = ()
    source_ranges: tuple[str, ...] = ()


class ForeignPolicy(Struct, frozen=True):
    """A policy of another engine: it may select any pod, of its namespace where it has one."""

    group: str
    kind: str
    meta: Meta
