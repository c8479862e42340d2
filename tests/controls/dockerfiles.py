"""Dockerfiles as the scanner reads them, and what a check finds in them."""

from pathlib import Path

from msgspec.structs import replace

from assessor.adapters.dockerfiles.context import Contexts
from assessor.adapters.dockerfiles.reading import read_dockerfile
from assessor.catalogue.checks import Check, Problem
from assessor.inventory.dockerfiles.files import BuildContext, Dockerfile
from assessor.inventory.meta import Meta
from assessor.inventory.snapshot import Snapshot
from assessor.inventory.workloads import Namespace


def world(file: Dockerfile) -> Snapshot:
    """A Snapshot of this file alone."""
    return Snapshot(Namespace(Meta("", "", "", {})), dockerfiles=(file,))


def problems_in(check: Check, file: Dockerfile) -> list[Problem]:
    """What a check finds in a file."""
    return list(check.run(file, world(file)))


def problems_in_text(check: Check, text: str, context: BuildContext | None = None) -> list[Problem]:
    """What a check finds in a text; without a context nobody knows the build's folder."""
    file = read_dockerfile("Dockerfile", text)
    return problems_in(check, replace(file, context=context))


def example(path: Path) -> Dockerfile:
    """An example, with its folder as context."""
    file = read_dockerfile(path.name, path.read_text(encoding="utf-8"))
    return Contexts().of(file, str(path))
