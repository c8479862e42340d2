"""The Snapshot: everything observed of one namespace, and what could not be observed."""

from collections.abc import Mapping
from enum import StrEnum
from functools import cached_property

from msgspec import Struct

from assessor.inventory.admin_network import AdminPolicy
from assessor.inventory.credentials import ConfigMap, SecretMaker, SourceSecret
from assessor.inventory.dockerfiles.files import Dockerfile
from assessor.inventory.kinds import Evidence
from assessor.inventory.network import ForeignPolicy, NetworkPolicy, Peer, PeerReach, Service
from assessor.inventory.ownership import RootController, root_controllers
from assessor.inventory.rbac import BoundRole, ClusterGrants, Role
from assessor.inventory.workloads import Namespace, Pod, ServiceAccount, Workload


class GapReason(StrEnum):
    """Why a kind is no evidence; the names are those of ``status.controls[].reason``."""

    FORBIDDEN = "Forbidden"
    NOT_INSTALLED = "NotInstalled"
    STALE = "Stale"
    MALFORMED = "Malformed"
    """An object of the kind could not be decoded, so the rest does not tell the whole."""
    PARTIAL = "Partial"
    """Some of the kind was read, and nobody knows what else there is: files tell what they hold."""
    NOT_EVALUATED = "NotEvaluated"
    """It was read, and it matters, but its rules are not understood yet."""


class EvidenceGap(Struct, frozen=True):
    """One kind that could not be used as evidence; ``detail`` is for people."""

    evidence: Evidence
    reason: GapReason
    detail: str = ""


def is_partial(snapshot: "Snapshot", evidence: Evidence) -> bool:
    """Whether some of a kind was read, and there may be more of it."""
    gap = snapshot.gaps.get(evidence)
    return gap is not None and gap.reason is GapReason.PARTIAL


class Snapshot(Struct, frozen=True, dict=True):
    """One namespace at one moment. ``gaps`` holds every kind that was not fully readable.

    Of bindings, ``role_bindings`` are the namespace's own. Its accounts may also hold rights by
    ``cluster_role_bindings``, which name them or the group of them; by ``common_bindings`` of the
    cluster, which name groups that every account of every namespace is in; and by
    ``bindings_elsewhere``, other namespaces' RoleBindings that name them or the group of them;
    ``unevaluated_elsewhere`` are namespaces that have too many of those to be among them.
    Others whom ``role_bindings`` name may hold rights by ``cluster_grants``, which are found by
    ("user", name) or ("group", name). ``elsewhere_read``: whether other namespaces were looked at,
    so that what is not in ``bindings_elsewhere`` does not exist.
    ``admin_policies`` are those whose subject may be here. ``peer_reach`` tells whom the peers of
    ``network_policies`` mean elsewhere; what it does not know of is not in it.
    ``source_secrets`` and ``dockerfiles`` are only known where files are judged.
    """

    namespace: Namespace
    pods: tuple[Pod, ...] = ()
    workloads: tuple[Workload, ...] = ()
    service_accounts: tuple[ServiceAccount, ...] = ()
    network_policies: tuple[NetworkPolicy, ...] = ()
    services: tuple[Service, ...] = ()
    foreign_policies: tuple[ForeignPolicy, ...] = ()
    admin_policies: tuple[AdminPolicy, ...] = ()
    peer_reach: Mapping[Peer, PeerReach] = {}
    roles: tuple[Role, ...] = ()
    role_bindings: tuple[BoundRole, ...] = ()
    cluster_role_bindings: tuple[BoundRole, ...] = ()
    common_bindings: tuple[BoundRole, ...] = ()
    bindings_elsewhere: tuple[BoundRole, ...] = ()
    unevaluated_elsewhere: frozenset[str] = frozenset()
    cluster_grants: Mapping[tuple[str, str], ClusterGrants] = {}
    elsewhere_read: bool = True
    config_maps: tuple[ConfigMap, ...] = ()
    secret_makers: tuple[SecretMaker, ...] = ()
    source_secrets: tuple[SourceSecret, ...] = ()
    dockerfiles: tuple[Dockerfile, ...] = ()
    gaps: Mapping[Evidence, EvidenceGap] = {}

    @cached_property
    def roots(self) -> tuple[RootController, ...]:
        """The root controllers and bare pods, sorted by reference."""
        return root_controllers(self.workloads, self.pods)
