"""The roles and bindings that Kubernetes 1.37 and its providers make by themselves.

Kubernetes' are generated from an API server; providers' are those that they publish.
"""

from assessor.analysis.rbac.defaults.reading import (
    ROLES,
    Default,
    default_at,
    rules_of,
)

__all__ = ["ROLES", "Default", "default_at", "rules_of"]
