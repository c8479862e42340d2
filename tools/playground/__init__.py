"""A Kubernetes control plane on loopback with the operator in it: for tests and demo."""
