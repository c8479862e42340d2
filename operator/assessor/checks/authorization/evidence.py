"""What must be readable before one can say who runs as whom, and who may do what."""

from assessor.inventory.kinds import RBAC_KINDS, WORKLOAD_EVIDENCE, Evidence

WORKLOADS_AND_ACCOUNTS = WORKLOAD_EVIDENCE | {Evidence.SERVICE_ACCOUNTS}

RBAC = frozenset(kind.evidence for kind in RBAC_KINDS)
"""A binding that cannot be read may grant anything, and so may a role."""
