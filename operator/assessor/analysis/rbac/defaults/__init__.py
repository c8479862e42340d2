"""The roles and bindings that Kubernetes 1.37 makes by itself, as generated from an API server."""

from assessor.analysis.rbac.defaults.reading import (
    BINDINGS,
    ROLES,
    Default,
    rules_of,
)

__all__ = ["BINDINGS", "ROLES", "Default", "rules_of"]
