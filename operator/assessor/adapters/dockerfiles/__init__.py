"""Dockerfiles read from disk: syntax, shells, stages and build contexts, into inventory's views."""
