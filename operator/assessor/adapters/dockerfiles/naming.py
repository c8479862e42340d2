"""Which files are Dockerfiles by their names."""

IGNORE_SUFFIX = ".dockerignore"
PREFIXES = ("Dockerfile", "Containerfile")
SUFFIX = ".dockerfile"

_NOT_ONE = (IGNORE_SUFFIX, ".yaml", ".yml", ".json")
"""Ends of names that say what a file is, whatever they begin with."""


def is_dockerfile(file: str) -> bool:
    """``Dockerfile*``, ``Containerfile*`` and ``*.Dockerfile``, in any case at the end."""
    name = file.rpartition("/")[2]
    lowered = name.lower()
    if lowered.endswith(_NOT_ONE):
        return False
    return name.startswith(PREFIXES) or lowered == "dockerfile" or lowered.endswith(SUFFIX)
