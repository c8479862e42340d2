"""Replacements applied to Dockerfiles, and what is found before and after."""

from collections import Counter
from collections.abc import Iterator

from msgspec import Struct

from assessor.adapters.dockerfiles.reading import read_dockerfile
from assessor.catalogue.checks import Problem
from assessor.checks.loading import load
from assessor.inventory.dockerfiles.places import edited
from tests.controls.dockerfiles import problems_in

CHECKS = [check for check in load() if check.at_build]


class Mended(Struct, frozen=True):
    """A finding with a replacement, and the text with that made."""

    check: str
    problem: Problem
    before: str
    after: str


def found(text: str) -> Counter[str]:
    """How often each check finds more than a note."""
    file = read_dockerfile("Dockerfile", text)
    return Counter(
        check.id
        for check in CHECKS
        for problem in problems_in(check, file)
        if (check.severity if problem.severity is None else problem.severity)
    )


def mended(text: str) -> Iterator[Mended]:
    """Each finding of a text that has a replacement."""
    file = read_dockerfile("Dockerfile", text)
    for check in CHECKS:
        for problem in problems_in(check, file):
            if problem.edits:
                yield Mended(check.id, problem, text, edited(text, problem.edits))
