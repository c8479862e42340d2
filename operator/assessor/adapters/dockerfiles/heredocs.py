"""The markers of here-documents in an instruction's line, as BuildKit sees them.

It splits the line into words by quotes and white space alone, so that `cat<<EOF` and `<<<` are
none, whatever a shell makes of them.
"""

import re

from msgspec import Struct

from assessor.adapters.dockerfiles.quoting import words_of
from assessor.adapters.dockerfiles.source import Cut

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
    """In the order in which their contents follow; none at all where a quote is not closed."""
    found: list[Marker] = []
    words = words_of(line.text, "\\")
    if words.quote:
        return found
    for begin, end in words.spans:
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
