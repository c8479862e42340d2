"""Pure algorithms on views."""
