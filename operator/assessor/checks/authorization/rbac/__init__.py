"""RBAC: what bindings grant, and to whom."""
