"""Where the words of a line are: separated by white space outside quotes and escapes."""

from typing import NamedTuple

from assessor.adapters.dockerfiles.source import BLANKS

Span = tuple[int, int]
"""Where a word begins and ends, with its quotes."""


class Words(NamedTuple):
    """The words of a line, and how it ends.

    ``quote``: the one that is not closed, ``""`` for none; ``escaped``: whether the last character
    is an escape, with nothing to escape.
    """

    spans: list[Span]
    quote: str
    escaped: bool


def words_of(text: str, escape: str) -> Words:
    """Words as BuildKit splits them; inside single quotes nothing is escaped."""
    spans: list[Span] = []
    begin, quote, position, escaped = -1, "", 0, False
    while position < len(text):
        char = text[position]
        if not quote and char in BLANKS:
            if begin >= 0:
                spans.append((begin, position))
            begin = -1
        else:
            begin = position if begin < 0 else begin
            if char == escape and quote != "'":
                escaped = position + 1 == len(text)
                position += 1
            elif char == quote:
                quote = ""
            elif not quote and char in "'\"":
                quote = char
        position += 1
    if begin >= 0:
        spans.append((begin, len(text)))
    return Words(spans, quote, escaped)
