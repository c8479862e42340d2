"""Policies of policy.networking.k8s.io, by which administrators rule over namespaces."""

from enum import StrEnum

from msgspec import Struct

from assessor.inventory.meta import Labels, Meta
from assessor.inventory.network import LabelSelector, Peer, PolicyPort


class Tier(StrEnum):
    """Before NetworkPolicies, or where none of them selects."""

    ADMIN = "Admin"
    BASELINE = "Baseline"


class Action(StrEnum):
    """What a rule does with the traffic that it matches; Accept is spelt Allow."""

    ALLOW = "Allow"
    DENY = "Deny"
    PASS = "Pass"  # noqa: S105 - an action, not a password


class Subject(Struct, frozen=True):
    """Whose traffic a policy judges: pods that match, in namespaces that match."""

    namespaces: LabelSelector
    pods: LabelSelector = LabelSelector()

    def reaches(self, namespace_labels: Labels) -> bool:
        """Whether pods of a namespace with these labels can be among them."""
        return self.namespaces.matches(namespace_labels)


class AdminRule(Struct, frozen=True):
    """One rule: the first that matches decides, in order of priority and of writing.

    A port without protocol is a container's port of that name, whatever its protocol; no ports
    are every port. ``undetermined``: it also names nodes or domain names, whose addresses no
    object that is observed tells. ``unreadable``: a peer has no field that is known.
    """

    action: Action
    peers: tuple[Peer, ...] = ()
    ports: tuple[PolicyPort, ...] = ()
    name: str = ""
    undetermined: bool = False
    unreadable: bool = False


class AdminPolicy(Struct, frozen=True):
    """AdminNetworkPolicy, BaselineAdminNetworkPolicy or ClusterNetworkPolicy.

    The lower ``priority`` counts first. ``subject`` is None where it cannot be read.
    """

    kind: str
    meta: Meta
    tier: Tier
    priority: int = 0
    subject: Subject | None = None
    ingress: tuple[AdminRule, ...] = ()
    egress: tuple[AdminRule, ...] = ()

    def reaches(self, namespace_labels: Labels) -> bool:
        """Whether it may judge pods of a namespace with these labels."""
        return self.subject is None or self.subject.reaches(namespace_labels)
