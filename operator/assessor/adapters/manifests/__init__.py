"""Manifests in files: found, decoded as the API server decodes them, and located."""
