"""The Snapshot: everything observed of one namespace, and what could not be observed."""

from collections.abc import Mapping
from enum import StrEnum
from functools import cached_property

from msgspec import Struct

from assessor.inventory.kinds import Evidence
from assessor.inventory.network import ForeignPolicy, NetworkPolicy, Service
from assessor.inventory.ownership import RootController, root_controllers
from assessor.inventory.workloads import Namespace, Pod, ServiceAccount, Workload


class GapReason(StrEnum):
    """Why a kind is no evidence; the names are those of ``status.controls[].reason``."""

    FORBIDDEN = "Forbidden"
    NOT_INSTALLED = "NotInstalled"
    STALE = "Stale"
    MALFORMED = "Malformed"
    """An object of the kind could not be decoded, so the rest does not tell the whole."""
    NOT_EVALUATED = "NotEvaluated"
    """It was read, and it matters, but its rules are not understood yet."""


class EvidenceGap(Struct, frozen=True):
    """One kind that could not be used as evidence; ``detail`` is for people."""

    evidence: Evidence
    reason: GapReason
    detail: str = ""


class Snapshot(Struct, frozen=True, dict=True):
    """One namespace at one moment. ``gaps`` holds every kind that was not fully readable."""

    namespace: Namespace
    pods: tuple[Pod, ...] = ()
    workloads: tuple[Workload, ...] = ()
    service_accounts: tuple[ServiceAccount, ...] = ()
    network_policies: tuple[NetworkPolicy, ...] = ()
    services: tuple[Service, ...] = ()
    foreign_policies: tuple[ForeignPolicy, ...] = ()
    gaps: Mapping[Evidence, EvidenceGap] = {}

    @cached_property
    def roots(self) -> tuple[RootController, ...]:
        """The root controllers and bare pods, sorted by reference."""
        return root_controllers(self.workloads, self.pods)
