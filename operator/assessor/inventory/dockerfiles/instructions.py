"""Instructions of a Dockerfile."""

from msgspec import Struct

from assessor.inventory.dockerfiles.commands import Command, Word
from assessor.inventory.dockerfiles.places import Span


class Flag(Struct, frozen=True):
    """``--name=value``; of ``--mount`` the value is ``type=cache,target=/x``."""

    name: str
    value: str
    span: Span

    @property
    def options(self) -> dict[str, str]:
        """The parts of a value such as that of ``--mount``; one alone has an empty value."""
        parts = (part.partition("=") for part in self.value.split(","))
        return {name.strip().lower(): value for name, _, value in parts}


class Heredoc(Struct, frozen=True):
    """A here-document of the instruction itself: of a COPY or ADD a file, of a RUN its script.

    ``span`` is that of the content.
    """

    name: str
    span: Span


class Pair(Struct, frozen=True):
    """A variable or label that is set, and nothing of its value.

    ``looks_like`` tells what sort of credential the value looks like, if one; ``for_credential``
    that there is no value, and that the name is one of a credential.
    """

    name: str
    span: Span
    has_value: bool
    looks_like: str = ""
    for_credential: bool = False


class Exposed(Struct, frozen=True):
    """Something that looks like a credential: by what name, what it looks like, and where."""

    name: str
    looks_like: str
    span: Span


class Instruction(Struct, frozen=True):
    """One instruction.

    ``keyword`` is in capitals; of ``ONBUILD RUN`` it is RUN, with ``onbuild``. ``words`` are its
    arguments, and none where a shell takes the text; ``exec_form`` where they are a JSON array.
    ``commands`` are what RUN, CMD, ENTRYPOINT or HEALTHCHECK run, and ``not_understood`` says why
    that is not known, if it is not. ``text`` is the span of the arguments, flags left out;
    ``lines`` that of the whole with the line break behind it.
    """

    keyword: str
    span: Span
    head: Span
    text: Span
    lines: Span
    flags: tuple[Flag, ...] = ()
    words: tuple[Word, ...] = ()
    exec_form: bool = False
    heredocs: tuple[Heredoc, ...] = ()
    pairs: tuple[Pair, ...] = ()
    commands: tuple[Command, ...] = ()
    exposures: tuple[Exposed, ...] = ()
    onbuild: bool = False
    not_understood: str = ""
    shell: str = "/bin/sh"
    directory: str | None = None
    """The working directory that it runs in, where the file tells."""

    def flag(self, name: str) -> str | None:
        """The value of a flag, None where it is not given."""
        return next((flag.value for flag in self.flags if flag.name == name), None)

    def mounts(self, kind: str) -> list[dict[str, str]]:
        """The options of its ``--mount`` flags of a type; a mount without a type is a bind."""
        found = (flag.options for flag in self.flags if flag.name == "mount")
        return [options for options in found if options.get("type", "bind") == kind]

    @property
    def sources(self) -> tuple[Word, ...]:
        """What a COPY or ADD copies, without its here-documents."""
        inline = {heredoc.name for heredoc in self.heredocs}
        return tuple(word for word in self.words[:-1] if _marker(word.text) not in inline)


def _marker(text: str) -> str | None:
    """The name of the here-document that a word begins."""
    _, marker, name = text.partition("<<")
    return name.removeprefix("-").strip("\"'") if marker else None
