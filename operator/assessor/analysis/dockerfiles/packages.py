"""What package managers are told to do, whichever of them it is."""

from collections.abc import Callable, Sequence
from enum import StrEnum

from msgspec import Struct

from assessor.inventory.dockerfiles.commands import Command, Word


class Verb(StrEnum):
    """What is done."""

    INSTALL = "install"
    UPGRADE = "upgrade"
    """Of everything that is installed."""
    REFRESH = "refresh"
    """Lists of packages are fetched, and nothing else."""
    REMOVE = "remove"
    CLEAN = "clean"
    OTHER = "other"


class Package(Struct, frozen=True):
    """A package that is installed; ``name`` without a version.

    ``pinned``: to one version. ``local``: a file or folder, or what a lock or a requirements file
    says, so that nothing is to be pinned here. Not ``known``: its name is told at run time only.
    """

    name: str
    word: Word
    pinned: bool = False
    local: bool = False

    @property
    def known(self) -> bool:
        """Whether the file tells which one it is."""
        return self.word.known


class Action(Struct, frozen=True):
    """A call of a package manager. ``verb_word`` is the word that says what to do.

    ``flags`` are all its options, without values; ``newest``: named packages are taken as new as
    there are, even where they are installed.
    """

    manager: str
    verb: Verb
    verb_word: Word
    command: Command
    packages: tuple[Package, ...] = ()
    flags: frozenset[str] = frozenset()
    newest: bool = False


class Parsed(Struct, frozen=True):
    """The words of a call: options and their values taken apart from what is left."""

    rest: tuple[Word, ...]
    flags: frozenset[str]
    values: tuple[tuple[str, str], ...] = ()

    def value(self, *names: str) -> str | None:
        """What an option is given."""
        return next((value for name, value in self.values if name in names), None)


Reader = Callable[[Command], Action | None]


def parsed(words: Sequence[Word], takes: frozenset[str]) -> Parsed:
    """Take options out; ``takes`` are those whose value is the next word."""
    rest: list[Word] = []
    flags: set[str] = set()
    values: list[tuple[str, str]] = []
    waiting = ""
    plain = False
    for word in words:
        text = word.text
        if waiting:
            values.append((waiting, text))
            waiting = ""
        elif plain or not text.startswith("-") or text == "-":
            rest.append(word)
        elif text == "--":
            plain = True
        else:
            name, equals, value = text.partition("=")
            flags |= _spelt(name)
            if equals:
                values.append((name, value))
            elif name in takes:
                waiting = name
    return Parsed(tuple(rest), frozenset(flags), tuple(values))


def _spelt(option: str) -> set[str]:
    """An option, and each letter where it is several short ones: ``-fmy``."""
    if option.startswith("--"):
        return {option}
    return {option, *(f"-{letter}" for letter in option[1:])}
