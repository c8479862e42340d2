"""What a control is: one of the checklist's 64 items, judged or honestly not."""

from enum import StrEnum

from msgspec import Struct

from assessor.kernel.severity import Severity


class Section(StrEnum):
    """The nine sections of the checklist, in its order; values are ``status.sections[].name``."""

    AUTHENTICATION = "Authentication"
    AUTHORIZATION = "Authorization"
    SECRETS = "Secrets"
    CLUSTER = "Cluster"
    AUDIT = "Audit"
    NODES = "Nodes"
    NETWORK = "Network"
    WORKLOADS = "Workloads"
    IMAGES = "Images"


class Scope(StrEnum):
    """Where a control is judged; a control may have several scopes."""

    NAMESPACE = "N"
    CLUSTER = "C"
    BUILD = "B"


class Control(Struct, frozen=True):
    """One checklist item; ``severity`` is its default."""

    id: str
    title: str
    section: Section
    scopes: frozenset[Scope]
    severity: Severity
    rationale: str

    @property
    def cluster_only(self) -> bool:
        """Whether only a cluster-wide assessment can judge it."""
        return self.scopes == {Scope.CLUSTER}
