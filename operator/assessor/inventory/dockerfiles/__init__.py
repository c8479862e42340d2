"""Frozen views of Dockerfiles: stages, instructions, the commands that they run, their context."""
