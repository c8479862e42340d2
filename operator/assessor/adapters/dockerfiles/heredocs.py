"""The markers of here-documents in an instruction's line, as BuildKit sees them.

It splits the line into words by quotes and white space alone, so that `cat<<EOF` and `<<<` are
none, whatever a shell makes of them.
"""

import re

from msgspec import Struct

from assessor.adapters.dockerfiles.source import BLANKS, Cut

_MARKER = re.compile(r"\d*<<(-?)([^<]+)$")


class Marker(Struct, frozen=True):
    """``chomp`` drops tabs at the beginning of lines; ``expands`` where no part is quoted.

    ``begin`` and ``end`` are offsets into the line.
    """

    name: str
    chomp: bool
    expands: bool
    begin: int
    end: int


def markers(line: Cut) -> list[Marker]:
    """In the order in which their contents follow."""
    found = []
    for begin, end in _words(line.text):
        match = _MARKER.match(line.text[begin:end])
        name = unquoted(match[2]) if match else ""
        if match and name:
            found.append(Marker(name, bool(match[1]), name == match[2], begin, end))
    return found


def unquoted(text: str) -> str:
    """A word without its quotes, and without escapes where those have a meaning."""
    made, quote, position = [], "", 0
    while position < len(text):
        char = text[position]
        if char == "\\" and quote != "'" and position + 1 < len(text):
            following = text[position + 1]
            made.append(following if not quote or following in '"$\\' else char + following)
            position += 1
        elif char == quote:
            quote = ""
        elif not quote and char in "'\"":
            quote = char
        else:
            made.append(char)
        position += 1
    return "".join(made)


def _words(text: str) -> list[tuple[int, int]]:
    """Where each word begins and ends; none at all where a quote is not closed."""
    found: list[tuple[int, int]] = []
    begin, quote, position = -1, "", 0
    while position < len(text):
        char = text[position]
        if not quote and char in BLANKS:
            if begin >= 0:
                found.append((begin, position))
            begin = -1
        else:
            begin = position if begin < 0 else begin
            if char == "\\" and quote != "'":
                position += 1
            elif char == quote:
                quote = ""
            elif not quote and char in "'\"":
                quote = char
        position += 1
    if begin >= 0:
        found.append((begin, len(text)))
    return [] if quote else found
