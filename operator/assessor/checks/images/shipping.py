"""What steps install that is still in the image when it is done."""

from collections.abc import Callable, Iterator

from msgspec import Struct

from assessor.analysis.dockerfiles.package_managers import action
from assessor.analysis.dockerfiles.packages import Action, Package, Verb
from assessor.catalogue.dockerfile_checks import Site
from assessor.inventory.dockerfiles.commands import Command
from assessor.inventory.dockerfiles.instructions import Instruction


class Shipped(Struct, frozen=True):
    """A package that an action installs, and the program that it brings."""

    action: Action
    package: Package
    program: str

    @property
    def key(self) -> str:
        """What tells the finding about it from others of its instruction."""
        return f"{self.action.manager} {self.package.name}"


def shipped(
    command: Command, site: Site, program_of: Callable[[str], str | None]
) -> Iterator[Shipped]:
    """What a command installs of the packages for which ``program_of`` knows a program.

    What the same RUN removes again is left out, and what is in a stage that is not in the image,
    unless the program is copied out of it.
    """
    found = action(command)
    if found is None or found.verb is not Verb.INSTALL:
        return
    for package in found.packages:
        program = program_of(package.name)
        if program is None or _is_removed(package.name, site.instruction, command):
            continue
        if site.shipped.holds_program(site.stage, program):
            yield Shipped(found, package, program)


def _is_removed(name: str, run: Instruction, behind: Command) -> bool:
    """Whether a command behind another one removes a package, or the group that it is in."""
    position = run.commands.index(behind)
    installed = behind.texts
    for command in run.commands[position + 1 :]:
        found = action(command)
        if found is None or found.verb is not Verb.REMOVE:
            continue
        if _takes_along(found, name, run):
            return True
        names = {package.name for package in found.packages}
        groups = {text for text in names if text.startswith(".")} & set(installed)
        if name in names or groups:
            return True
    return False


def _takes_along(found: Action, name: str, run: Instruction) -> bool:
    """Whether a removal takes along what `apt-mark auto` marked, as official images do."""
    along = found.flags & {"--auto-remove", "--autoremove"} or found.verb_word.text == "autoremove"
    marks = [each.texts for each in run.commands if each.program == "apt-mark"]
    kept = any(texts[:1] == ("manual",) and name in texts for texts in marks)
    return bool(along) and any(texts[:1] == ("auto",) for texts in marks) and not kept
