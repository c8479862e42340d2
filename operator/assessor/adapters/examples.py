"""The examples of a check, as they are shipped beside the checks: files before and after."""

from importlib.resources import files
from importlib.resources.abc import Traversable

from msgspec import Struct

from assessor.catalogue.checks import Check
from assessor.kernel.errors import CatalogueError

ROOT = files("assessor.checks") / "examples"
"""A folder for each control, in it one for each check."""


class Example(Struct, frozen=True):
    """What a check finds something in, and the same where it finds nothing.

    YAML streams, or Dockerfiles, with their ignore files behind them where they have any.
    """

    before: str
    after: str


def example_of(check: Check) -> Example:
    """The check's example; CatalogueError where it has none.

    Each file's first line says to tests what the check finds, and is no part of the example.
    """
    folder = ROOT / check.control / check.id
    if check.at_build:
        return Example(*(_dockerfile(folder, kind) for kind in ("bad", "good")))
    return Example(
        _without_first_line(folder / "bad.yaml"), _without_first_line(folder / "good.yaml")
    )


def _dockerfile(folder: Traversable, kind: str) -> str:
    text = _without_first_line(folder / f"{kind}.Dockerfile")
    beside = folder / f"{kind}.Dockerfile.dockerignore"
    if not beside.is_file():
        return text
    return f"{text}\n# and in .dockerignore:\n{beside.read_text(encoding='utf-8')}"


def _without_first_line(file: Traversable) -> str:
    try:
        return file.read_text(encoding="utf-8").partition("\n")[2]
    except FileNotFoundError as error:
        raise CatalogueError(f"there is no example {file}") from error
