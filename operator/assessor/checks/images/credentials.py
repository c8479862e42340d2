"""IMAGE-05: secrets that are written into a Dockerfile, or copied into the image."""

from collections.abc import Iterator

from assessor.analysis.dockerfiles.copying import from_context
from assessor.catalogue.checks import Problem, Subjects, check
from assessor.catalogue.dockerfile_checks import (
    INSTRUCTIONS,
    Site,
    each_instruction,
    shown,
    shown_text,
)
from assessor.inventory.dockerfiles.files import Dockerfile
from assessor.inventory.dockerfiles.instructions import Exposed, Instruction
from assessor.inventory.dockerfiles.places import Span
from assessor.inventory.dockerfiles.sensitive import CREDENTIALS, ENVIRONMENT, KEYS, sort_of
from assessor.inventory.snapshot import Snapshot
from assessor.kernel.severity import Severity

_MOUNT = """\
Change the credential, as it has been read; give it to the one step that needs it, as a mount:
RUN --mount=type=secret,id=token TOKEN="$(cat /run/secrets/token)" ./fetch"""


@check(
    "credential-in-variable",
    control="IMAGE-05",
    severity=Severity.CRITICAL,
    over=Subjects.DOCKERFILES,
    needs=INSTRUCTIONS,
    remediation=_MOUNT,
)
@each_instruction("ENV", "LABEL")
def credential_in_variable(made: Instruction, _: Site) -> Iterator[Problem]:
    """An ENV or LABEL holds a literal that looks like a credential.

    It is part of the image's configuration, which everybody reads who can pull the image. The
    detector is the one that judges manifests: by the value's shape, or by the name. The value is
    kept nowhere.
    """
    for exposure in made.exposures:
        yield _exposed(f"{made.keyword} {shown_text(exposure.name)}", exposure)


@check(
    "credential-in-build-argument",
    control="IMAGE-05",
    severity=Severity.CRITICAL,
    over=Subjects.DOCKERFILES,
    needs=INSTRUCTIONS,
    remediation=_MOUNT,
)
def credential_in_build_argument(file: Dockerfile, _: Snapshot) -> Iterator[Problem]:
    """An ARG has a default that looks like a credential, or is meant for one by its name.

    Arguments stand in the image's history with their values, whoever gives them. Where the file
    holds no value, the severity is High: the build will be given one. Source: Docker, Dockerfile
    reference, ARG; BuildKit's check SecretsUsedInArgOrEnv.
    """
    for argument in file.arguments:
        yield from _argument(argument)
    for stage in file.stages:
        for made in stage.instructions:
            if made.keyword == "ARG":
                for problem in _argument(made):
                    yield _in_stage(problem, stage.title)


def _argument(made: Instruction) -> Iterator[Problem]:
    for exposure in made.exposures:
        yield _exposed(f"ARG {shown_text(exposure.name)}", exposure)
    for pair in made.pairs:
        if pair.for_credential:
            message = f"ARG {shown_text(pair.name)} is for a credential by its name"
            yield Problem(message, key=pair.name, place=pair.span, severity=Severity.HIGH)


def _in_stage(problem: Problem, title: str) -> Problem:
    return Problem(
        f"stage {shown_text(title)}: {problem.message}",
        key=problem.key,
        place=problem.place,
        severity=problem.severity,
        stage=title,
    )


@check(
    "credential-in-command",
    control="IMAGE-05",
    severity=Severity.CRITICAL,
    over=Subjects.DOCKERFILES,
    needs=INSTRUCTIONS,
    remediation=_MOUNT,
)
@each_instruction(
    "RUN", "CMD", "ENTRYPOINT", "HEALTHCHECK", "COPY", "ADD", "SHELL", "USER", "WORKDIR", "VOLUME"
)
def credential_in_command(made: Instruction, _: Site) -> Iterator[Problem]:
    """A command, or a file written by a here-document, holds what looks like a credential.

    What RUN runs stands in the image's history, even where a later step deletes the file. Words are
    judged by their shape, by their option's name and by the variable that they are assigned to.
    """
    for exposure in made.exposures:
        name = f" {shown_text(exposure.name)}" if exposure.name else ""
        yield _exposed(f"{made.keyword}{name}", exposure)


@check(
    "credential-elsewhere",
    control="IMAGE-05",
    severity=Severity.CRITICAL,
    over=Subjects.DOCKERFILES,
    needs=INSTRUCTIONS,
    remediation="""\
Change the credential, as it has been read; take it out, also out of the repository's history.""",
)
def credential_elsewhere(file: Dockerfile, _: Snapshot) -> Iterator[Problem]:
    """A line holds a credential by its shape where no instruction takes it: most often a comment.

    A comment is not in the image, but it is in the repository, which more people read.
    """
    for number, exposure in enumerate(file.elsewhere, 1):
        key = exposure.looks_like if number == 1 else f"{exposure.looks_like} ({number})"
        yield Problem(f"a line holds {exposure.looks_like}", key=key, place=exposure.span)


@check(
    "key-file-copied",
    control="IMAGE-05",
    severity=Severity.CRITICAL,
    over=Subjects.DOCKERFILES,
    needs=INSTRUCTIONS,
    remediation="""\
Do not copy it; mount it into the one step that needs it, and name it in .dockerignore:
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci""",
)
@each_instruction("COPY", "ADD")
def key_file_copied(made: Instruction, _: Site) -> Iterator[Problem]:
    """A private key, a file of credentials or an environment file is copied by its name.

    A layer keeps it, even where a later one deletes it. Environment files are High, as not each of
    them holds a secret. Examples, public keys and certificates are none.
    """
    for source in from_context(made):
        sort = sort_of(source.text)
        if sort in (KEYS, CREDENTIALS, ENVIRONMENT):
            severity = Severity.HIGH if sort == ENVIRONMENT else None
            told = f"{made.keyword} takes {shown(source)}, one of {sort}"
            yield Problem(told, key=shown(source), place=source.span, severity=severity)


def _exposed(what: str, exposure: Exposed) -> Problem:
    place: Span = exposure.span
    key = f"{exposure.name} {exposure.looks_like}".strip()
    return Problem(f"{what} holds {exposure.looks_like}", key=key, place=place)
