"""Network: NetworkPolicies as they are written, not as a plugin enforces them."""
