"""IMAGE-10: one stage for everything, and layers that are none of their own."""

from collections.abc import Iterator
from itertools import pairwise

from assessor.analysis.dockerfiles.shipping import shipped
from assessor.analysis.dockerfiles.tools import builds
from assessor.catalogue.checks import Problem, Subjects, check
from assessor.catalogue.dockerfile_checks import (
    COMMANDS,
    INSTRUCTIONS,
    Site,
    each_command,
    each_stage,
    shown_text,
)
from assessor.inventory.dockerfiles.commands import Command
from assessor.inventory.dockerfiles.files import Dockerfile, Stage
from assessor.inventory.dockerfiles.instructions import Instruction
from assessor.inventory.dockerfiles.places import Edit, Edits
from assessor.kernel.severity import Severity


@check(
    "built-in-last-stage",
    control="IMAGE-10",
    severity=Severity.LOW,
    over=Subjects.DOCKERFILES,
    needs=COMMANDS,
    remediation="""\
Build in one stage, and begin another one that takes the result:
FROM golang:1.25.3 AS build
RUN go build -o /app ./cmd/app
FROM gcr.io/distroless/static:nonroot
COPY --from=build /app /app""",
)
@each_command()
def built_in_last_stage(command: Command, site: Site) -> Iterator[Problem]:
    """The image is compiled in the stage that is shipped, with compiler and sources in it.

    Source: Docker, "Multi-stage builds".
    """
    if site.in_image and builds(command.program, command.texts):
        told = shown_text(command.program)
        yield Problem(f"{told} builds in a stage that is in the image", key=told)


@check(
    "consecutive-runs",
    control="IMAGE-10",
    severity=Severity.LOW,
    over=Subjects.DOCKERFILES,
    needs=INSTRUCTIONS,
    remediation="""\
Make them one RUN, as each is a layer:
RUN apt-get update \\
 && apt-get install -y --no-install-recommends nginx=1.26.3-3 \\
 && rm -rf /var/lib/apt/lists/*""",
)
@each_stage
def consecutive_runs(stage: Stage, file: Dockerfile) -> Iterator[Problem]:
    """RUNs stand directly behind each other, each of which is a layer of the image.

    What one layer holds no later one takes out. RUNs with other mounts, networks, shells or forms
    are left apart, and so are stages that are not in the image. Source: hadolint DL3059.
    """
    if stage.index not in shipped(file).whole:
        return
    for before, run in pairwise(stage.instructions):
        if before.keyword == run.keyword == "RUN" and _are_alike(before, run):
            key = shown_text(run.commands[0].program) if run.commands else "RUN"
            yield Problem(
                "RUN stands behind another RUN", key=key, place=run.span, edits=_joined(before, run)
            )


def _are_alike(one: Instruction, other: Instruction) -> bool:
    flags = {flag.value for flag in one.flags} == {flag.value for flag in other.flags}
    return flags and one.shell == other.shell and one.onbuild == other.onbuild


def _joined(before: Instruction, run: Instruction) -> Edits:
    """Put the second behind the first, where both are lists that && can join."""
    shell_form = not (before.exec_form or run.exec_form or before.heredocs or run.heredocs)
    understood = not (before.not_understood or run.not_understood) and before.commands
    # Behind `||`, a `;` or a comment, the second would not run when it did.
    plain = all(
        command.removal or len(each.commands) == 1
        for each in (before, run)
        for command in each.commands
    )
    adjacent = run.span.line == before.span.end_line + 1 and not run.flags
    if not (shell_form and understood and plain and adjacent):
        return ()
    return (Edit(before.span.end.to(run.text.start), " \\\n && "),)
