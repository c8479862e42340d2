"""Who may talk to whom: NetworkPolicies and the policies of administrators, evaluated exactly."""
