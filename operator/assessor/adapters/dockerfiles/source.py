"""A Dockerfile's text, places in it, and texts that were cut out of it."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

from assessor.inventory.dockerfiles.places import Span

BLANKS = " \t\v\f\r\n"


class Source:
    """The content of a file, which offsets in characters point into."""

    def __init__(self, text: str) -> None:
        """Find the lines, which end with a line feed."""
        self.text = text
        self.starts = [0]
        position = text.find("\n")
        while position >= 0:
            self.starts.append(position + 1)
            position = text.find("\n", position + 1)

    def span(self, begin: int, end: int) -> Span:
        """From one offset up to another."""
        return Span(*self.place(begin), *self.place(max(begin, end)))

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column, both from 1."""
        line = bisect_right(self.starts, offset)
        return line, offset - self.starts[line - 1] + 1

    def lines_in(self, begin: int, end: int) -> Iterator[tuple[int, int]]:
        """Those lines that begin from one offset up to another."""
        first = bisect_left(self.starts, begin)
        for number in range(first, bisect_left(self.starts, end)):
            after = self.starts[number + 1] if number + 1 < len(self.starts) else len(self.text) + 1
            yield self.starts[number], after - 1

    def lines(self) -> Iterator[tuple[int, int]]:
        """Each line from its beginning up to its line break, which is left out."""
        for begin, after in zip(self.starts, [*self.starts[1:], len(self.text) + 1], strict=True):
            # Behind the last line break there is no line.
            if begin < len(self.text):
                yield begin, after - 1


class Cut:
    """A text made of parts of a source; ``offsets`` tell where each of its characters stands."""

    def __init__(self, source: Source, text: str, offsets: Sequence[int], end: int) -> None:
        """``end`` is where it ends in the source: behind its last character there may be more."""
        self.source = source
        self.text = text
        self.offsets = offsets
        self.end = end

    @classmethod
    def of(cls, source: Source, begin: int, end: int) -> "Cut":
        """A piece of the source as it is."""
        return cls(source, source.text[begin:end], range(begin, end), end)

    def part(self, begin: int, end: int | None = None) -> "Cut":
        """A part of it, by its own offsets."""
        stop = len(self.text) if end is None else end
        last = self.offsets[stop - 1] + 1 if stop > begin else self.at(begin)
        return Cut(self.source, self.text[begin:stop], self.offsets[begin:stop], last)

    def at(self, position: int) -> int:
        """Where a character of it, or its end, stands in the source."""
        return self.offsets[position] if position < len(self.offsets) else self.end

    def span(self, begin: int = 0, end: int | None = None) -> Span:
        """Where a part of it, or all of it, stands in the source."""
        stop = len(self.text) if end is None else end
        last = self.offsets[stop - 1] + 1 if stop > begin else self.at(begin)
        return self.source.span(self.at(begin), last)

    def stripped(self) -> "Cut":
        """Without white space around it."""
        begin = len(self.text) - len(self.text.lstrip(BLANKS))
        return self.part(begin, max(begin, len(self.text.rstrip(BLANKS))))

    def split(self, most: int = -1) -> list["Cut"]:
        """Its words, separated by white space; at most so many, the last with all that is left."""
        found: list[Cut] = []
        position, length = 0, len(self.text)
        while position < length:
            if self.text[position] in BLANKS:
                position += 1
                continue
            begin = position
            if len(found) == most - 1:
                found.append(self.part(begin).stripped())
                break
            while position < length and self.text[position] not in BLANKS:
                position += 1
            found.append(self.part(begin, position))
        return found


def joined(source: Source, pieces: Sequence[tuple[int, int]]) -> Cut:
    """Pieces of a source as one text."""
    if len(pieces) == 1:
        return Cut.of(source, *pieces[0])
    text = "".join(source.text[begin:end] for begin, end in pieces)
    offsets = [each for begin, end in pieces for each in range(begin, end)]
    return Cut(source, text, offsets, pieces[-1][1] if pieces else 0)
