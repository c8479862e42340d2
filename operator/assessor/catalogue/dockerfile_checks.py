"""Checks of what a Dockerfile says: of each instruction or each command, in its stage.

A problem gets its stage, and its place where it names none. Problems of one key in one stage are
told apart by their order, so that moved lines keep their fingerprints.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from functools import wraps

from msgspec import Struct
from msgspec.structs import replace

from assessor.analysis.dockerfiles.shipping import Shipped, shipped
from assessor.catalogue.checks import CheckFunction, Problem
from assessor.inventory.dockerfiles.commands import Command, Word
from assessor.inventory.dockerfiles.files import Dockerfile, Stage
from assessor.inventory.dockerfiles.instructions import Instruction
from assessor.inventory.dockerfiles.places import Edit, Edits
from assessor.inventory.kinds import BUILD_EVIDENCE, Evidence
from assessor.inventory.snapshot import Snapshot

INSTRUCTIONS = frozenset({Evidence.DOCKERFILES})
"""What a check needs that looks at instructions and not at what they run."""
COMMANDS = frozenset({Evidence.DOCKERFILES, Evidence.BUILD_COMMANDS})
"""What a check needs that looks at what is run."""
IMAGES = frozenset({Evidence.DOCKERFILES, Evidence.BASE_IMAGES})
"""What a check needs that looks at what stages are built on."""
ALL = BUILD_EVIDENCE
"""The file, its commands, its images and its context."""

_WITH_BOTH = 3
"""RUNs: one, the one before it and the one behind it."""
LONGEST_SHOWN = 60
HIDDEN = "(hidden)"


class Site(Struct, frozen=True):
    """Where an instruction stands: its file, its stage and its index there."""

    file: Dockerfile
    stage: Stage
    index: int

    @property
    def shipped(self) -> Shipped:
        """What is in the image."""
        return shipped(self.file)

    @property
    def instruction(self) -> Instruction:
        """The instruction itself."""
        return self.stage.instructions[self.index]

    @property
    def in_image(self) -> bool:
        """Whether all of its stage is in the image."""
        return self.stage.index in self.shipped.whole

    def removing(self, command: Command) -> Edits:
        """The edits that delete a command, or its instruction where it runs nothing else."""
        if command.removal is not None:
            return (command.removal,)
        made = self.instruction
        alone = made.keyword == "RUN" and len(made.commands) == 1 and not made.heredocs
        return (Edit(made.lines, ""),) if alone and not self._is_between_runs else ()

    @property
    def _is_between_runs(self) -> bool:
        """Whether two RUNs would stand behind each other without it, which is a finding."""
        around = self.stage.instructions[max(0, self.index - 1) : self.index + 2]
        return [each.keyword for each in around].count("RUN") == _WITH_BOTH


InstructionJudge = Callable[[Instruction, Site], Iterator[Problem]]
CommandJudge = Callable[[Command, Site], Iterator[Problem]]
StageJudge = Callable[[Stage, Dockerfile], Iterator[Problem]]


def each_stage(judge: StageJudge) -> CheckFunction:
    """A check over Dockerfiles that calls ``judge`` with each stage."""

    @wraps(judge)
    def run(file: Dockerfile, _: Snapshot) -> Iterator[Problem]:
        for stage in file.stages:
            yield from _of_stage(judge(stage, file), stage)

    return run


def each_instruction(*keywords: str) -> Callable[[InstructionJudge], CheckFunction]:
    """A check over Dockerfiles that calls ``judge`` with each instruction of these keywords."""

    def made(judge: InstructionJudge) -> CheckFunction:
        @wraps(judge)
        def run(stage: Stage, file: Dockerfile) -> Iterator[Problem]:
            for index, instruction in enumerate(stage.instructions):
                if instruction.keyword in keywords:
                    for problem in judge(instruction, Site(file, stage, index)):
                        yield replace(problem, place=problem.place or instruction.span)

        return each_stage(run)

    return made


def each_command(*keywords: str) -> Callable[[CommandJudge], CheckFunction]:
    """A check over Dockerfiles that calls ``judge`` with each command of these instructions."""

    def made(judge: CommandJudge) -> CheckFunction:
        @wraps(judge)
        def run(instruction: Instruction, site: Site) -> Iterator[Problem]:
            for command in instruction.commands:
                for problem in judge(command, site):
                    yield replace(problem, place=problem.place or command.span)

        return each_instruction(*(keywords or ("RUN",)))(run)

    return made


def _of_stage(problems: Iterator[Problem], stage: Stage) -> Iterator[Problem]:
    times: Counter[str] = Counter()
    for problem in problems:
        times[problem.key] += 1
        again = times[problem.key]
        yield replace(
            problem,
            message=f"stage {shown_text(stage.title)}: {problem.message}",
            key=problem.key if again == 1 else f"{problem.key} ({again})",
            stage=stage.title,
        )


def shown(word: Word) -> str:
    """A word as messages may show it: briefly, and never where it looks like a credential."""
    return HIDDEN if word.secret else shown_text(word.text)


def shown_text(text: str) -> str:
    """A text as messages may show it."""
    plain = "".join(char if char.isprintable() else "�" for char in text)
    # Whoever writes a password into an address writes it before the @.
    if "://" in plain and "@" in plain:
        plain = f"{plain.partition('://')[0]}://…@{plain.rpartition('@')[2]}"
    return plain if len(plain) <= LONGEST_SHOWN else f"{plain[: LONGEST_SHOWN - 1]}…"
