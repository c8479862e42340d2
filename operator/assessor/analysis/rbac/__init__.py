"""Who may do what: RBAC as the API server's own authorizer decides it, and what that amounts to."""
