"""The files of the control reference, for `assessor generate`."""

from pathlib import PurePosixPath

from assessor.adapters.examples import example_of
from assessor.catalogue.checklist import CONTROLS
from assessor.checks.loading import load
from assessor.reporting.reference import Shown, pages

FOLDER = PurePosixPath("docs/controls")


def reference_files() -> dict[PurePosixPath, str]:
    """The text of each page, by its path in the repository."""
    shown = []
    for check in load():
        example = example_of(check)
        shown.append(Shown(check, example.before, example.after))
    return {FOLDER / name: text for name, text in pages(CONTROLS, shown).items()}
