"""The examples of a check, as they are shipped beside the checks: manifests before and after."""

from importlib.resources import files
from importlib.resources.abc import Traversable

from msgspec import Struct

from assessor.catalogue.checks import Check
from assessor.kernel.errors import CatalogueError

ROOT = files("assessor.checks") / "examples"
"""A folder for each control, in it one for each check."""


class Example(Struct, frozen=True):
    """What a check finds something in, and the same where it finds nothing: YAML streams."""

    before: str
    after: str


def example_of(check: Check) -> Example:
    """The check's example; CatalogueError where it has none.

    Each file's first line says to tests what the check finds, and is no part of the example.
    """
    folder = ROOT / check.control / check.id
    return Example(
        _without_first_line(folder / "bad.yaml"), _without_first_line(folder / "good.yaml")
    )


def _without_first_line(file: Traversable) -> str:
    try:
        return file.read_text(encoding="utf-8").partition("\n")[2]
    except FileNotFoundError as error:
        raise CatalogueError(f"there is no example {file}") from error
