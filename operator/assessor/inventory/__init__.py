"""What was observed: frozen views of cluster objects and the Snapshot of one namespace."""
