"""Commands that a build runs, as a shell would see them."""

from msgspec import Struct

from assessor.inventory.dockerfiles.places import Edit, Span


class Word(Struct, frozen=True, gc=False):
    """One word, unquoted and expanded; not ``known`` where a part of it is told at run time only.

    ``secret``: it looks like a credential, and is not to be shown.
    """

    text: str
    span: Span
    known: bool = True
    secret: bool = False


class Command(Struct, frozen=True):
    """A simple command: its words, the program first.

    ``wrappers`` are the programs by which it is started, from the outermost: ``("sudo", "env")``.
    ``removal`` deletes it and leaves a script that still parses; None where that is not plain.
    ``subshell``: it runs in one, so that what it does to the shell ends with it. ``piped``: it
    reads what another command writes.
    """

    words: tuple[Word, ...]
    span: Span
    wrappers: tuple[str, ...] = ()
    removal: Edit | None = None
    subshell: bool = False
    piped: bool = False

    @property
    def program(self) -> str:
        """The program's name, without the folder that it is in."""
        return self.words[0].text.rpartition("/")[2] if self.words else ""

    @property
    def arguments(self) -> tuple[Word, ...]:
        """The words behind the program."""
        return self.words[1:]

    @property
    def texts(self) -> tuple[str, ...]:
        """The arguments as texts."""
        return tuple(word.text for word in self.words[1:])
