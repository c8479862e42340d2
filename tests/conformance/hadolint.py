"""hadolint run beside ours on the same files, and what explains where the two differ."""

import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from msgspec import Struct

from assessor.adapters.dockerfiles.reading import read_dockerfile
from assessor.analysis.dockerfiles.package_managers import actions
from assessor.analysis.dockerfiles.shipping import shipped
from assessor.checks.loading import load
from assessor.inventory.dockerfiles.files import Dockerfile, Stage
from assessor.inventory.dockerfiles.instructions import Instruction
from tests.controls.dockerfiles import problems_in

BINARY = Path(sys.executable).parent / "hadolint"
UNREADABLE = "DL1000"
CHECKS = {check.id: check for check in load()}

Places = dict[str, set[int]]
"""Lines of instructions, by rule or check."""


class Place(Struct, frozen=True):
    """An instruction that one of both finds something in."""

    file: Dockerfile
    stage: Stage
    instruction: Instruction

    @property
    def in_image(self) -> bool:
        """Whether all of its stage is in the image."""
        return self.stage.index in shipped(self.file).whole

    @property
    def managers(self) -> set[str]:
        """The package managers that it calls."""
        return {action.manager for action in actions(self.instruction.commands)}


class Difference(Struct, frozen=True):
    """What one of both finds in a file, and the other does not; ``why`` is the reason's name."""

    rules: str
    ours: bool
    seed: int
    line: int
    why: str


Explanation = Callable[[Place], bool]


def run(files: Sequence[Path]) -> dict[str, Places]:
    """What hadolint finds, by the files' names; none of its own opinions on severity."""
    done = subprocess.run(
        [str(BINARY), "--no-fail", "-f", "json", *map(str, files)],
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, Places] = {path.name: defaultdict(set) for path in files}
    for each in json.loads(done.stdout):
        found[Path(each["file"]).name][each["code"]].add(each["line"])
    return found


def judged(file: Dockerfile) -> Places:
    """What we find, more than notes, by the line at which the instruction begins."""
    found: Places = defaultdict(set)
    starts = sorted(place.instruction.span.line for place in places(file))
    for check in CHECKS.values():
        if not check.at_build or check.control == "IMAGE-09":
            continue
        for problem in problems_in(check, file):
            severity = check.severity if problem.severity is None else problem.severity
            if severity and problem.place:
                line = problem.place.line
                found[check.id].add(max(start for start in starts if start <= line))
    return found


def places(file: Dockerfile) -> Iterator[Place]:
    """Each instruction of each stage."""
    for stage in file.stages:
        yield from (Place(file, stage, each) for each in (stage.start, *stage.instructions))


def at_line(file: Dockerfile, line: int) -> Place:
    """The instruction that begins there."""
    return next(place for place in places(file) if place.instruction.span.line == line)


def before(place: Place) -> Instruction:
    """The instruction before."""
    return place.stage.instructions[place.stage.instructions.index(place.instruction) - 1]


EXPLANATIONS: Mapping[str, Explanation] = {
    "not shipped": lambda place: not place.in_image,
    "every upgrade": lambda place: bool(place.managers),
    "apt": lambda place: "apt" in place.managers,
    "wrapped": lambda place: any(command.wrappers for command in place.instruction.commands),
    "range": lambda place: any(
        ">" in text for command in place.instruction.commands for text in command.texts
    ),
    "argument": lambda place: "BASE" in {p.name for a in place.file.arguments for p in a.pairs},
    "remote": lambda place: any("://" in word.text for word in place.instruction.words),
    "other managers": lambda place: bool(place.managers - {"apt", "apt-get"}),
    "more than an installation": lambda place: bool(place.managers - {"apt", "apt-get", "pip"}),
    "several commands": lambda place: (
        max(len(before(place).commands), len(place.instruction.commands)) > 1
    ),
    "mounted": lambda place: bool(place.instruction.mounts("cache")),
    "copied out": lambda place: not place.in_image,
    "called or installed": lambda _: True,
}
"""By the names that hadolint.yaml gives reasons for: whether one can explain a difference."""


@cache
def _read(text: str) -> tuple[Dockerfile, Places]:
    file = read_dockerfile("Dockerfile", text)
    return file, judged(file)


def differences(
    rules: str, row: Mapping[str, Any], seed: int, text: str, theirs: Places
) -> tuple[int, list[Difference]]:
    """How often both find the same, and where one of both does not."""
    file, mine = _read(text)
    our_lines = set().union(*(mine[check] for check in row["checks"]))
    their_lines = set().union(*(theirs.get(rule, set()) for rule in rules.split()))
    found = []
    for line in sorted(our_lines ^ their_lines):
        ours = line in our_lines
        place = at_line(file, line)
        names = row.get("ours" if ours else "theirs", ())
        why = next((name for name in names if EXPLANATIONS[name](place)), "")
        found.append(Difference(rules, ours, seed, line, why))
    return len(our_lines & their_lines), found
