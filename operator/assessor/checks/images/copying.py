"""IMAGE-12: everything copied, whatever it is."""

from collections.abc import Iterator

from assessor.analysis.dockerfiles.copying import from_context, is_whole_context
from assessor.analysis.dockerfiles.shipping import EVERYTHING, absolute
from assessor.catalogue.checks import Problem, Subjects, check
from assessor.catalogue.dockerfile_checks import (
    INSTRUCTIONS,
    Site,
    each_instruction,
    shown,
)
from assessor.inventory.dockerfiles.instructions import Instruction
from assessor.kernel.severity import Severity


@check(
    "whole-context-copied",
    control="IMAGE-12",
    severity=Severity.MEDIUM,
    over=Subjects.DOCKERFILES,
    needs=INSTRUCTIONS,
    remediation="""\
Name what is to be shipped, or let .dockerignore leave out all (`*`) but that (`!src`):
COPY src/ /app/src/
COPY package.json package-lock.json /app/""",
)
@each_instruction("COPY", "ADD")
def whole_context_copied(made: Instruction, site: Site) -> Iterator[Problem]:
    """`COPY .` takes the build's whole folder into the image, with whatever lies in it one day.

    It passes where .dockerignore leaves out everything but what it names, and in a stage that is
    not in the image, unless that folder is copied out of it as a whole.
    """
    whole = [word for word in from_context(made) if is_whole_context(word)]
    if not whole or (site.file.context and site.file.context.allow_list):
        return
    target = absolute(made.words[-1].text, made.directory)
    if site.in_image or site.shipped.holds(site.stage, (target,)):
        yield Problem(f"{made.keyword} {shown(whole[0])} takes the whole context", key="context")


@check(
    "whole-stage-copied",
    control="IMAGE-12",
    severity=Severity.MEDIUM,
    over=Subjects.DOCKERFILES,
    needs=INSTRUCTIONS,
    remediation="""\
Copy the result alone:
COPY --from=build /src/app /usr/local/bin/app""",
)
@each_instruction("COPY")
def whole_stage_copied(made: Instruction, site: Site) -> Iterator[Problem]:
    """`COPY --from=stage /` takes a whole file system, and so the stage's tools, into the image.

    Into an image made `FROM scratch` it is a way to have one layer, and passes: what is in the
    stage is judged as if it were the image's.
    """
    if made.flag("from") is None or not site.in_image:
        return
    if site.stage.base.reference == "scratch":
        return
    for source in made.sources:
        if absolute(source.text, EVERYTHING) == EVERYTHING:
            yield Problem("all of a stage is copied", key="stage", place=source.span)
