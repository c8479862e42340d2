"""Where something stands in a Dockerfile, and how a text of it is replaced."""

from collections.abc import Iterable

from msgspec import Struct


class Span(Struct, frozen=True, order=True, gc=False):
    """From a place up to another, which is no part of it.

    Lines and columns are from 1; columns count characters.
    """

    line: int
    column: int
    end_line: int
    end_column: int

    @property
    def start(self) -> "Span":
        """The place before its first character: where something is put in."""
        return Span(self.line, self.column, self.line, self.column)

    @property
    def end(self) -> "Span":
        """The place behind its last character."""
        return Span(self.end_line, self.end_column, self.end_line, self.end_column)

    def to(self, other: "Span") -> "Span":
        """From the start of this one up to the end of the other."""
        return Span(self.line, self.column, other.end_line, other.end_column)


class Edit(Struct, frozen=True, order=True, gc=False):
    """A span gets another text; an empty span puts it in, an empty text deletes."""

    span: Span
    text: str


Edits = tuple[Edit, ...]
"""Edits of one file that are made at once: their spans do not overlap."""


def edited(text: str, edits: Iterable[Edit]) -> str:
    """The text with all edits made; ValueError where two of them overlap."""
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    made, last = text, len(text)
    for edit in sorted(edits, reverse=True):
        span = edit.span
        begin = starts[span.line - 1] + span.column - 1
        end = starts[span.end_line - 1] + span.end_column - 1
        if not begin <= end <= last:
            raise ValueError(f"edits overlap in line {span.line}")
        made, last = made[:begin] + edit.text + made[end:], begin
    return made
