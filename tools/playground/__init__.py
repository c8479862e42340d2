"""The throw-away cluster behind make up, make demo and the integration tests."""
