"""What COPY and ADD take: from the context, from elsewhere, and all of it or a part."""

import re
from collections.abc import Iterator

from assessor.inventory.dockerfiles.commands import Word
from assessor.inventory.dockerfiles.files import Dockerfile
from assessor.inventory.dockerfiles.instructions import Instruction

COPIES = ("COPY", "ADD")

_REMOTE = re.compile(r"https?://|ftp://|git@|git://|ssh://")
_ARCHIVES = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz", ".tbz2", ".tar.xz", ".txz", ".tar.zst")
_WHOLE = frozenset({".", "./", "/", "*", "./*", "**", ""})


def is_remote(word: Word) -> bool:
    """Whether ADD would fetch it."""
    return _REMOTE.match(word.text) is not None


def is_archive(word: Word) -> bool:
    """Whether ADD would unpack it, were it in the context."""
    return word.text.lower().endswith(_ARCHIVES)


def is_whole_context(word: Word) -> bool:
    """Whether it names all that the build is given."""
    return word.text in _WHOLE


def from_context(instruction: Instruction) -> tuple[Word, ...]:
    """The sources of a COPY or ADD that are taken from the build's folder."""
    if instruction.keyword not in COPIES or instruction.flag("from") is not None:
        return ()
    return tuple(word for word in instruction.sources if not is_remote(word))


def uses_context(file: Dockerfile) -> bool:
    """Whether the build takes anything from its folder."""
    return any(_uses(each) for stage in file.stages for each in stage.instructions)


def _uses(instruction: Instruction) -> bool:
    binds = any("from" not in options for options in instruction.mounts("bind"))
    return binds or bool(from_context(instruction))


def local_sources(file: Dockerfile) -> Iterator[Word]:
    """All sources from the context, in order."""
    for stage in file.stages:
        for instruction in stage.instructions:
            yield from from_context(instruction)
