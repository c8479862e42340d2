"""What RUN, CMD, ENTRYPOINT and HEALTHCHECK run: shell form, exec form, here-documents."""

from collections.abc import Sequence

from msgspec import Struct

from assessor.adapters.dockerfiles.lines import Block
from assessor.adapters.dockerfiles.scope import Scope
from assessor.adapters.dockerfiles.shell.commands import Script, read_script, read_words
from assessor.adapters.dockerfiles.shell.wrappers import SHELLS
from assessor.adapters.dockerfiles.source import Cut
from assessor.adapters.dockerfiles.words import json_words
from assessor.inventory.dockerfiles.commands import Word

SHEBANG = "#!"


class Run(Struct, frozen=True):
    """The script, and the words of the exec form."""

    script: Script
    words: tuple[Word, ...] = ()
    exec_form: bool = False


def run_of(keyword: str, rest: Cut, blocks: Sequence[Block], scope: Scope) -> Run:
    """Take apart what an instruction runs; ``rest`` is its text without flags."""
    if keyword == "HEALTHCHECK":
        sort, *command = rest.split(2) or [rest]
        if sort.text.upper() != "CMD" or not command:
            return Run(Script([], []))
        rest = command[0]
    strings = json_words(rest)
    if strings is not None:
        words = tuple(Word(each.text, each.span()) for each in strings)
        return Run(read_words(strings, scope.environment), words, exec_form=True)
    if scope.not_understood:
        return Run(Script([], [], scope.not_understood))
    return Run(_script(rest, blocks, scope))


def _script(rest: Cut, blocks: Sequence[Block], scope: Scope) -> Script:
    if not blocks:
        return read_script(rest, scope.environment)
    source = rest.source
    if len(blocks) == 1 and _is_marker_alone(rest):
        body = Cut.of(source, blocks[0].begin, blocks[0].end)
        first, _, _ = body.text.lstrip("\t").partition("\n")
        if first.startswith(SHEBANG) and not _is_for_a_shell(first):
            return Script([], [], "its first line names a program that is no shell known here")
        return read_script(body, scope.environment)
    # The shell is given the line with its here-documents, as it stands.
    bodies = [Cut.of(source, block.begin, _end(source.text, block.end)) for block in blocks]
    text = "\n".join([rest.text, *(body.text for body in bodies)])
    offsets = [rest.at(each) for each in range(len(rest.text))]
    for body in bodies:
        offsets += [body.at(0) - 1, *body.offsets]
    return read_script(Cut(source, text, offsets, bodies[-1].end), scope.environment)


def _is_marker_alone(rest: Cut) -> bool:
    return rest.text.startswith("<<") and len(rest.text.split()) == 1


def _is_for_a_shell(shebang: str) -> bool:
    words = shebang.removeprefix(SHEBANG).split()
    names = [word.rpartition("/")[2] for word in words]
    if names[:1] == ["env"]:
        names = [name for name in names[1:] if not name.startswith("-")]
    return bool(names) and names[0] in SHELLS


def _end(text: str, begin: int) -> int:
    """The end of the line that ends a here-document."""
    end = text.find("\n", begin)
    return len(text) if end < 0 else end
