"""What must be readable before one can say who may do what."""

from assessor.inventory.kinds import Evidence

RBAC = frozenset(
    {
        Evidence.ROLES,
        Evidence.CLUSTER_ROLES,
        Evidence.ROLE_BINDINGS,
        Evidence.CLUSTER_ROLE_BINDINGS,
    }
)
"""A binding that cannot be read may grant anything, and so may a role."""
