"""Which literals of a Dockerfile look like credentials, decided while it is read.

The detector is the one that judges manifests; what it takes for a credential is marked and not
shown.
"""

from collections.abc import Iterable, Iterator, Sequence

from msgspec.structs import replace

from assessor.adapters.dockerfiles.shell.commands import Assignment
from assessor.adapters.dockerfiles.source import Source
from assessor.inventory.decoding.credentials import in_arguments, in_data, kind_of, shape_of
from assessor.inventory.dockerfiles.commands import Command, Word
from assessor.inventory.dockerfiles.instructions import Exposed, Pair
from assessor.inventory.dockerfiles.places import Span


def in_words(words: Sequence[Word]) -> Iterator[Exposed]:
    """Words of one command or array, each by its shape, or by the name of its option."""
    for exposure in in_arguments([word.text for word in words], ""):
        index = int(exposure.field[1:-1])
        # An option's credential may be the word behind it.
        both = words[index].span.to(words[min(index + 1, len(words) - 1)].span)
        span = both if words[index].text.startswith("-") else words[index].span
        yield Exposed(exposure.name, exposure.looks_like, span)


def in_assignments(assignments: Iterable[Assignment]) -> Iterator[Exposed]:
    """Variables that a script sets."""
    for each in assignments:
        if each.value.known and (kind := kind_of(each.name, each.value.text)):
            yield Exposed(each.name, kind, each.value.span)


def in_pairs(pairs: Iterable[Pair]) -> Iterator[Exposed]:
    """Variables and labels."""
    for pair in pairs:
        if pair.looks_like:
            yield Exposed(pair.name, pair.looks_like, pair.span)


def in_lines(source: Source, begin: int, end: int, name: str) -> Iterator[Exposed]:
    """Lines of a here-document, by shape and by name; each is told once."""
    for start, stop in source.lines_in(begin, end):
        for exposure in in_data({name: source.text[start:stop]}):
            yield Exposed(exposure.name, exposure.looks_like, source.span(start, stop))
            break


def by_shape(source: Source, known: Iterable[Span]) -> Iterator[Exposed]:
    """Lines that hold a credential by its shape, but for those that are known to hold one."""
    told = {line for span in known for line in range(span.line, span.end_line + 1)}
    for number, (start, stop) in enumerate(source.lines(), 1):
        text = source.text[start:stop]
        if number not in told and (kind := shape_of(text)):
            indent = len(text) - len(text.lstrip())
            yield Exposed("", kind, source.span(start + indent, stop))


def hidden(command: Command, exposures: Iterable[Exposed]) -> Command:
    """The command with the words marked that are not to be shown."""
    spans = [each.span for each in exposures]
    return replace(
        command,
        words=tuple(
            replace(word, secret=True) if any(_overlap(word.span, span) for span in spans) else word
            for word in command.words
        ),
    )


def _overlap(one: Span, other: Span) -> bool:
    return (one.line, one.column) < (other.end_line, other.end_column) and (
        other.line,
        other.column,
    ) < (one.end_line, one.end_column)
