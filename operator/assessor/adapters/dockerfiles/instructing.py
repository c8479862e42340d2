"""One logical line as an instruction's view, in the scope in which it stands."""

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from assessor.adapters.dockerfiles import exposing
from assessor.adapters.dockerfiles.faults import DockerfileError
from assessor.adapters.dockerfiles.lines import Block, Logical
from assessor.adapters.dockerfiles.scope import Scope
from assessor.adapters.dockerfiles.scripts import Run, run_of
from assessor.adapters.dockerfiles.source import Cut
from assessor.adapters.dockerfiles.words import (
    NameAndValue,
    arguments_of,
    flags_of,
    json_words,
    pairs_of,
)
from assessor.inventory.decoding.credentials import BY_NAME, kind_of
from assessor.inventory.dockerfiles.commands import Word
from assessor.inventory.dockerfiles.instructions import Exposed, Heredoc, Instruction, Pair

KEYWORDS = frozenset(
    {"ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL"}
    | {"MAINTAINER", "ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"}
)
RUNS = ("RUN", "CMD", "ENTRYPOINT", "HEALTHCHECK")
SETS = ("ENV", "LABEL", "ARG")
COPIES = ("COPY", "ADD")

_LISTS = (*COPIES, "VOLUME")
_WHOLE = ("WORKDIR", "USER", "STOPSIGNAL", "MAINTAINER")
_LONGEST_KEYWORD = 20
_NOT_ON_BUILD = ("ONBUILD", "FROM", "MAINTAINER")
_LEAST_COPIED = 2
_SOME_VALUE = "Xq7vRt2LpW9z"
"""With this a name is asked whether it is one of a credential."""


TEMPLATE = "is a template, which is to be filled in first"


def is_template(text: str) -> bool:
    """Whether something is to be put into a line before a builder could read it."""
    return "{{" in text or "{%" in text


class Parts(Struct, frozen=True):
    """A line's keyword and what comes behind it, and whether ONBUILD stands before it."""

    keyword: Cut
    arguments: Cut
    onbuild: bool = False

    @property
    def name(self) -> str:
        """The keyword in capitals."""
        return self.keyword.text.upper()


def parts_of(line: Logical) -> Parts:
    """Take the keyword off; DockerfileError where it is none."""
    parts = _cut(line.text)
    if parts.name == "ONBUILD":
        parts = replace(_cut(parts.arguments), onbuild=True)
        if parts.name in _NOT_ON_BUILD:
            place = line.text.source.place(line.text.at(0))
            raise DockerfileError(f"ONBUILD cannot hold {parts.name}", place)
    return parts


def _cut(text: Cut) -> Parts:
    keyword, *rest = text.split(2) or [text]
    if keyword.text.upper() not in KEYWORDS:
        place = text.source.place(keyword.at(0))
        if is_template(text.text):
            raise DockerfileError(TEMPLATE, place)
        told = keyword.text if keyword.text.isalpha() else ""
        shown = f"{told[:_LONGEST_KEYWORD]} " if told else "a line "
        raise DockerfileError(f"{shown}is no instruction", place)
    return Parts(keyword, rest[0] if rest else keyword.part(len(keyword.text)))


def instruction(line: Logical, parts: Parts, scope: Scope) -> Instruction:
    """The view of a line; what it changes in the scope is the caller's business."""
    flags, rest = flags_of(parts.arguments)
    source = line.text.source
    begin, end = source.starts[source.place(line.begin)[0] - 1], line.end
    made = Instruction(
        parts.name,
        source.span(line.text.at(0), end),
        parts.keyword.span(),
        rest.span(),
        source.span(begin, min(end + 1, len(source.text))),
        flags,
        heredocs=tuple(_heredoc(source_block, line) for source_block in line.blocks),
        onbuild=parts.onbuild,
        shell=scope.shell,
        directory=scope.directory,
    )
    made = _filled(made, rest, line, scope)
    found = _exposures(made, line)
    return replace(
        made,
        exposures=found,
        commands=tuple(exposing.hidden(each, found) for each in made.commands),
        words=tuple(_hidden(each, found) for each in made.words),
    )


def _filled(made: Instruction, rest: Cut, line: Logical, scope: Scope) -> Instruction:
    if made.keyword in RUNS:
        run = run_of(made.keyword, rest, line.blocks, scope)
        return _with_run(made, run)
    if made.keyword in SETS:
        return replace(made, pairs=tuple(_pair(each, scope) for each in sets_of(made, rest, scope)))
    strings = json_words(rest) if made.keyword in (*_LISTS, "SHELL") else None
    if strings is None and made.keyword in _WHOLE:
        strings = [rest] if rest.text else []
        return replace(made, words=_words(strings, scope))
    words = _words(rest.split() if strings is None else strings, scope)
    if made.keyword in COPIES and len(words) < _LEAST_COPIED:
        raise DockerfileError(f"{made.keyword} needs a source and a destination", _place(made))
    return replace(made, words=words, exec_form=strings is not None)


def sets_of(made: Instruction, rest: Cut, scope: Scope) -> list[NameAndValue]:
    """The names and values of an instruction that sets some."""
    if made.keyword == "ARG":
        return arguments_of(rest, scope.escape)
    return pairs_of(rest, scope.escape)


def _with_run(made: Instruction, run: Run) -> Instruction:
    return replace(
        made,
        words=run.words,
        exec_form=run.exec_form,
        commands=tuple(run.script.commands),
        not_understood=run.script.not_understood,
        exposures=tuple(exposing.in_assignments(run.script.assignments)),
    )


def _pair(pair: NameAndValue, scope: Scope) -> Pair:
    name, value = pair
    told = scope.expand(name.text).text
    span = name.span().to(value.span()) if value else name.span()
    if value is None:
        wanted = kind_of(told, _SOME_VALUE) == BY_NAME
        return Pair(told, span, has_value=False, for_credential=wanted)
    text = scope.expand(value.text).text
    found = kind_of(told, text) or ""
    wanted = not text and kind_of(told, _SOME_VALUE) == BY_NAME
    return Pair(told, span, bool(text), found, for_credential=wanted)


def _words(cuts: Sequence[Cut], scope: Scope) -> tuple[Word, ...]:
    found = []
    for cut in cuts:
        expanded = scope.expand(cut.text)
        found.append(Word(expanded.text, cut.span(), expanded.known))
    return tuple(found)


def _heredoc(block: Block, line: Logical) -> Heredoc:
    return Heredoc(block.marker.name, line.text.source.span(block.begin, block.end))


def _exposures(made: Instruction, line: Logical) -> tuple[Exposed, ...]:
    found = [*made.exposures, *exposing.in_pairs(made.pairs)]
    if not made.pairs:
        for words in (made.words, *(each.words for each in made.commands)):
            found += exposing.in_words(words)
    for block in line.blocks:
        source = line.text.source
        found += exposing.in_lines(source, block.begin, block.end, block.marker.name)
    lines = {each.span: each for each in reversed(found)}
    return tuple(sorted(lines.values(), key=lambda each: each.span))


def _hidden(word: Word, found: Sequence[Exposed]) -> Word:
    exposed = any(each.span == word.span for each in found)
    return replace(word, secret=True) if exposed else word


def _place(made: Instruction) -> tuple[int, int]:
    return made.head.line, made.head.column
