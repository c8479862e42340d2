"""A Dockerfile's lines put together to instructions, as BuildKit's parser does.

Comments and empty lines between continued lines are left out, and what a here-document holds is no
line of its own. Rules: github.com/moby/buildkit/frontend/dockerfile/parser; its own parser is
asked the same questions in tests/conformance/test_dockerfiles.py.
"""

import re
from collections.abc import Iterator

from msgspec import Struct

from assessor.adapters.dockerfiles.faults import DockerfileError
from assessor.adapters.dockerfiles.heredocs import Marker, markers
from assessor.adapters.dockerfiles.source import Cut, Source, joined
from assessor.adapters.dockerfiles.words import flags_of, json_words
from assessor.inventory.dockerfiles.places import Span

_DIRECTIVE = re.compile(r"#\s*([a-zA-Z][a-zA-Z0-9]*)\s*=\s*(.+?)\s*$")
_DIRECTIVES = ("syntax", "escape", "check")
_ESCAPES = ("\\", "`")
BYTE_ORDER_MARK = "\ufeff"

MAY_HOLD_HEREDOCS = re.compile(r"(?:onbuild\s+)?(?:run|copy|add)\s", re.IGNORECASE)


class Block(Struct, frozen=True):
    """A here-document: its marker, and from where to where its content goes."""

    marker: Marker
    begin: int
    end: int


class Logical(Struct, frozen=True):
    """An instruction's text on one line, its here-documents, and all the lines that it takes."""

    text: Cut
    blocks: tuple[Block, ...]
    begin: int
    end: int


class Comment(Struct, frozen=True):
    """A comment's text without its hash."""

    text: str
    span: Span


class Lines:
    """Reads a source once, from its first line to its last."""

    def __init__(self, source: Source) -> None:
        """Nothing is read yet; ``escape`` and ``directives`` are whole when all is."""
        self._source = source
        self._rest = source.lines()
        self._heading = True
        self.escape = "\\"
        self.directives: dict[str, str] = {}
        self.comments: list[Comment] = []

    def logical(self) -> Iterator[Logical]:
        """The instructions; DockerfileError where a directive or a here-document is broken."""
        for begin, end in self._rest:
            start, stop = self._trimmed(begin, end)
            self._note_comment(start, stop)
            if start < stop and self._source.text[start] != "#":
                yield self._instruction(start, stop)

    def _instruction(self, begin: int, end: int) -> Logical:
        self._heading = False
        pieces, last = [], end
        piece, goes_on = self._piece(begin, end)
        pieces.append(piece)
        while goes_on and (line := next(self._rest, None)):
            start, last = self._trimmed(*line)
            if start == last or self._note_comment(start, last):
                continue
            piece, goes_on = self._piece(line[0], last)
            pieces.append(piece)
        text = joined(self._source, pieces)
        blocks, last = self._blocks(text, last)
        return Logical(text, blocks, begin, last)

    def _piece(self, begin: int, end: int) -> tuple[tuple[int, int], bool]:
        """A line without its escape at the end, and whether there was one."""
        text = self._source.text[begin:end].rstrip(" \t")
        escaped = text.endswith(self.escape) and not text.endswith(self.escape * 2)
        return ((begin, begin + len(text) - 1), True) if escaped else ((begin, end), False)

    def _blocks(self, text: Cut, last: int) -> tuple[tuple[Block, ...], int]:
        keyword = MAY_HOLD_HEREDOCS.match(text.text) if "<<" in text.text else None
        if keyword is None or json_words(flags_of(text.part(keyword.end()))[1]) is not None:
            return (), last
        blocks = []
        for marker in markers(text):
            block, last = self._block(marker, text)
            blocks.append(block)
        return tuple(blocks), last

    def _block(self, marker: Marker, text: Cut) -> tuple[Block, int]:
        first = -1
        for begin, end in self._rest:
            first = begin if first < 0 else first
            line = self._source.text[begin:end].rstrip("\r\n")
            if (line.lstrip("\t") if marker.chomp else line) == marker.name:
                return Block(marker, first, begin), end
        raise DockerfileError("a here-document is not ended", self._source.place(text.at(0)))

    def _trimmed(self, begin: int, end: int) -> tuple[int, int]:
        """A line without white space before it and the break behind it."""
        text = self._source.text[begin:end].rstrip("\r")
        if begin == 0:
            begin += len(text) - len(text.removeprefix(BYTE_ORDER_MARK))
            text = text.removeprefix(BYTE_ORDER_MARK)
        return begin + len(text) - len(text.lstrip()), begin + len(text)

    def _note_comment(self, begin: int, end: int) -> bool:
        """Whether the line is a comment, which may be a directive while nothing else came."""
        text = self._source.text[begin:end]
        if not text.startswith("#"):
            self._heading = False
            return False
        self.comments.append(Comment(text[1:].strip(), self._source.span(begin, end)))
        if self._heading:
            self._take_directive(text, begin)
        return True

    def _take_directive(self, text: str, begin: int) -> None:
        found = _DIRECTIVE.match(text)
        name = found[1].lower() if found else ""
        if not found or name not in _DIRECTIVES:
            self._heading = False
            return
        place = self._source.place(begin)
        if name in self.directives:
            raise DockerfileError(f"the directive {name} is there twice", place)
        if name == "escape" and found[2] not in _ESCAPES:
            raise DockerfileError("the directive escape is neither \\ nor `", place)
        self.directives[name] = found[2]
        self.escape = self.directives.get("escape", self.escape)
