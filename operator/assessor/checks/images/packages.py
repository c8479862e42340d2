"""IMAGE-06: packages and files of package managers that the image does not need."""

from collections.abc import Iterator

from assessor.analysis.dockerfiles.caches import CACHES, left_behind
from assessor.analysis.dockerfiles.package_managers import action
from assessor.analysis.dockerfiles.packages import Action, Verb
from assessor.analysis.dockerfiles.tools import build_tool
from assessor.catalogue.checks import Problem, Subjects, check
from assessor.catalogue.dockerfile_checks import (
    COMMANDS,
    Site,
    each_command,
    each_instruction,
    shown,
)
from assessor.checks.images.shipping import shipped
from assessor.inventory.dockerfiles.commands import Command
from assessor.inventory.dockerfiles.instructions import Instruction
from assessor.inventory.dockerfiles.places import Edit, Edits
from assessor.kernel.severity import Severity

_WITHOUT_RECOMMENDED = {
    "apt": ("--no-install-recommends",),
    "apt-get": ("--no-install-recommends",),
    "aptitude": ("--without-recommends", "-R"),
    "zypper": ("--no-recommends",),
    "dnf": ("--setopt",),
    "microdnf": ("--setopt",),
}
"""The options by which a manager installs what is asked for and nothing besides."""

_ADDED = {"dnf": "--setopt=install_weak_deps=False", "microdnf": "--setopt=install_weak_deps=0"}


@check(
    "recommended-packages",
    control="IMAGE-06",
    severity=Severity.LOW,
    over=Subjects.DOCKERFILES,
    needs=COMMANDS,
    remediation="""\
Install what is asked for and what that needs, and nothing that goes well with it:
RUN apt-get install -y --no-install-recommends nginx=1.26.3-3
RUN dnf install -y --setopt=install_weak_deps=False nginx-1.26.3""",
)
@each_command()
def recommended_packages(command: Command, site: Site) -> Iterator[Problem]:
    """A package manager installs recommended packages into the image besides those asked for.

    Debian, openSUSE and Fedora do so by default. Stages that are not in the image do not count.
    Source: Docker, "Building best practices", apt-get; hadolint DL3015.
    """
    found = action(command)
    if found is None or found.verb is not Verb.INSTALL or not found.packages:
        return
    options = _WITHOUT_RECOMMENDED.get(found.manager)
    if options is None or found.flags & set(options) or not site.in_image:
        return
    if any("Install-Recommends" in text for text in command.texts):
        return
    option = _ADDED.get(found.manager, options[0])
    edits = _behind_verb(found, option, site)
    yield Problem(f"{found.manager} installs recommended ones", key=found.manager, edits=edits)


def _behind_verb(found: Action, option: str, site: Site) -> Edits:
    """Put an option behind the word that says to install."""
    if site.instruction.exec_form:
        return ()
    return (Edit(found.verb_word.span.end, f" {option}"),)


@check(
    "package-cache-left",
    control="IMAGE-06",
    severity=Severity.LOW,
    over=Subjects.DOCKERFILES,
    needs=COMMANDS,
    remediation="""\
Empty the cache in the same RUN, or keep it out of the layer:
RUN apt-get update && apt-get install -y … && rm -rf /var/lib/apt/lists/*
RUN apk add --no-cache …
RUN --mount=type=cache,target=/root/.cache/pip pip install -r requirements.lock""",
)
@each_instruction("RUN")
def package_cache_left(run: Instruction, site: Site) -> Iterator[Problem]:
    """A layer of the image keeps a package manager's lists or downloads.

    A later RUN cannot take them out of it. Caches of stages that are not in the image do not count,
    unless the folder is copied. Source: hadolint DL3009, DL3019, DL3032, DL3036, DL3040, DL3042.
    """
    for found in left_behind(run, site.stage, site.index):
        cache = CACHES[found.manager]
        if site.shipped.holds(site.stage, cache.folders):
            told = f"{found.manager} leaves {cache.folders[0]} in the layer"
            yield Problem(
                told, key=found.manager, place=found.command.span, edits=_emptied(found, site)
            )


def _emptied(found: Action, site: Site) -> Edits:
    """Add the manager's option, or the command that empties its cache, at the end."""
    cache, run = CACHES[found.manager], site.instruction
    if run.exec_form:
        return ()
    if cache.flag:
        return _behind_verb(found, cache.flag, site)
    # A word of a script within a word would have to be quoted, and the last line of a pipe or a
    # here-document is not the end of the script.
    last = run.commands[-1]
    simple = (
        not run.heredocs
        and not last.wrappers
        and not last.subshell
        and last.span.end == run.span.end
    )
    return (Edit(run.span.end, f" && {cache.tail}"),) if simple else ()


@check(
    "build-tools-left",
    control="IMAGE-06",
    severity=Severity.LOW,
    over=Subjects.DOCKERFILES,
    needs=COMMANDS,
    remediation="""\
Compile in a stage of its own and copy the result:
FROM debian:13.1 AS build
RUN apt-get update && apt-get install -y build-essential=12.12 && make -C /src
FROM debian:13.1-slim
COPY --from=build /src/app /usr/local/bin/app""",
)
@each_command()
def build_tools_left(command: Command, site: Site) -> Iterator[Problem]:
    """A compiler, a build tool or development files are installed into the image.

    Those that the same RUN removes again do not count, nor do stages that are not in the image,
    unless the program is copied out of one.
    """
    for each in shipped(command, site, build_tool):
        word = each.package.word
        yield Problem(f"{shown(word)} is left", key=each.key, place=word.span)
