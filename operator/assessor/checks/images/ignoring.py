"""IMAGE-09: what a build is given, and need not be."""

from collections.abc import Iterator

from assessor.analysis.dockerfiles.copying import from_context, is_whole_context, uses_context
from assessor.catalogue.checks import Problem, Subjects, check
from assessor.catalogue.dockerfile_checks import shown_text
from assessor.inventory.dockerfiles.files import Dockerfile
from assessor.inventory.dockerfiles.instructions import Instruction
from assessor.inventory.kinds import Evidence
from assessor.inventory.snapshot import Snapshot
from assessor.kernel.severity import Severity

_CONTEXT = frozenset({Evidence.DOCKERFILES, Evidence.BUILD_CONTEXTS})


@check(
    "no-dockerignore",
    control="IMAGE-09",
    severity=Severity.LOW,
    over=Subjects.DOCKERFILES,
    needs=_CONTEXT,
    remediation="""\
Write a .dockerignore that leaves out everything but what the build takes:
*
!src
!requirements.lock""",
)
def no_dockerignore(file: Dockerfile, _: Snapshot) -> Iterator[Problem]:
    """The build takes files of its folder, and no .dockerignore limits what it is given.

    Also looked for: the Dockerfile's own `<name>.dockerignore`, which comes first, and
    .containerignore. Source: Docker, "Build context", .dockerignore files.
    """
    first = _first_copy(file)
    if file.context is not None and not file.context.ignore_file and uses_context(file):
        place = first.span if first else file.stages[0].start.span
        yield Problem("there is no .dockerignore", place=place)


@check(
    "dockerignore-gap",
    control="IMAGE-09",
    severity=Severity.LOW,
    over=Subjects.DOCKERFILES,
    needs=_CONTEXT,
    remediation="""\
Name it in .dockerignore, whose last matching line decides:
.git
**/.env
**/id_rsa
**/*.key""",
)
def dockerignore_gap(file: Dockerfile, _: Snapshot) -> Iterator[Problem]:
    """A .dockerignore lets in version history, environment files, private keys or credentials.

    Those that are in the folder are told by name. Where the build copies its whole folder, the file
    should also leave out such as are not there yet: `.git`, `.env`, `id_rsa`, `server.key`.
    """
    context = file.context
    if context is None or not uses_context(file):
        return
    copy = _whole_copy(file)
    place = (copy or _first_copy(file) or file.stages[0].start).span
    for sort, path in context.present.items():
        if context.ignore_file or copy is not None:
            told = f"the build is given {shown_text(path)}, one of: {sort}"
            yield Problem(told, key=sort, place=place)
    if context.ignore_file and copy is not None:
        for sort in context.uncovered:
            if sort not in context.present:
                told = f"{context.ignore_file} does not leave out {sort}"
                yield Problem(told, key=sort, place=place)


def _first_copy(file: Dockerfile) -> Instruction | None:
    copies = (i for stage in file.stages for i in stage.instructions if from_context(i))
    return next(copies, None)


def _whole_copy(file: Dockerfile) -> Instruction | None:
    copies = (i for stage in file.stages for i in stage.instructions)
    return next((i for i in copies if any(map(is_whole_context, from_context(i)))), None)
