"""An instruction's arguments taken apart: flags, words, JSON arrays, name=value pairs."""

import json
from collections.abc import Iterator

from assessor.adapters.dockerfiles.faults import DockerfileError
from assessor.adapters.dockerfiles.quoting import words_of
from assessor.adapters.dockerfiles.source import BLANKS, Cut
from assessor.inventory.dockerfiles.instructions import Flag

NameAndValue = tuple[Cut, Cut | None]

_SHORT_ESCAPES = 2
_UNICODE_ESCAPE = 6


def flags_of(arguments: Cut) -> tuple[tuple[Flag, ...], Cut]:
    """The flags at the beginning, and what comes behind them."""
    found: list[Flag] = []
    text, position = arguments.text, 0
    while True:
        while position < len(text) and text[position] in BLANKS:
            position += 1
        if not text.startswith("--", position):
            return tuple(found), arguments.part(position).stripped()
        begin = position
        position, word = _flag_word(text, position)
        if word == "--":
            return tuple(found), arguments.part(position).stripped()
        name, _, value = word[2:].partition("=")
        found.append(Flag(name, value, arguments.span(begin, position)))


def _flag_word(text: str, position: int) -> tuple[int, str]:
    """Up to the next white space outside quotes; quotes and escapes are dropped."""
    made, quote = [], ""
    while position < len(text) and (quote or text[position] not in BLANKS):
        char = text[position]
        if char == "\\":
            position += 1
            made.append(text[position : position + 1])
        elif char == quote:
            quote = ""
        elif not quote and char in "'\"":
            quote = char
        else:
            made.append(char)
        position += 1
    return min(position, len(text)), "".join(made)


def json_words(arguments: Cut) -> list[Cut] | None:
    """The strings of a JSON array, None where it is none; DockerfileError: not all are strings."""
    if not arguments.text.startswith("["):
        return None
    try:
        # As Go's decoder does, it leaves alone what stands behind the array.
        decoded, end = json.JSONDecoder().raw_decode(arguments.text)
    except (ValueError, RecursionError):
        return None
    if not all(isinstance(each, str) for each in decoded):
        place = arguments.source.place(arguments.at(0))
        raise DockerfileError("only strings can stand in a JSON array", place)
    return [_string(arguments, *each) for each in _strings(arguments.text[:end])]


def _strings(text: str) -> Iterator[tuple[int, int]]:
    """Each string of an array of strings, without its quotes."""
    position = text.find('"')
    while position >= 0:
        begin = position + 1
        end = begin
        while text[end] != '"':
            end += 2 if text[end] == "\\" else 1
        yield begin, end
        position = text.find('"', end + 1)


def _string(arguments: Cut, begin: int, end: int) -> Cut:
    """A JSON string with its escapes replaced, each character at the place of its escape."""
    raw = arguments.text[begin:end]
    if "\\" not in raw:
        return arguments.part(begin, end)
    made, offsets, position = [], [], begin
    while position < end:
        length = 1
        if arguments.text[position] == "\\":
            length = _UNICODE_ESCAPE if arguments.text[position + 1] == "u" else _SHORT_ESCAPES
        made.append(arguments.text[position : position + length])
        offsets.append(arguments.at(position))
        position += length
    text = "".join(json.loads(f'"{part}"') if part.startswith("\\") else part for part in made)
    # Two escapes of surrogates stand for one character, but are two places.
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return Cut(arguments.source, whole, offsets[: len(whole)], arguments.at(end))


def pairs_of(arguments: Cut, escape: str) -> list[NameAndValue]:
    """What ENV and LABEL set: ``name=value …``, or a name and all the rest."""
    words = list(quoted_words(arguments, escape))
    if not words:
        return []
    place = arguments.source.place(arguments.at(0))
    if "=" not in words[0].text:
        parts = arguments.split(2)
        if len(parts) == 1:
            raise DockerfileError("a name needs a value", place)
        return [(parts[0], parts[1])]
    found: list[NameAndValue] = []
    for word in words:
        name, equals, _ = word.text.partition("=")
        if not equals:
            raise DockerfileError("there is no = behind a name", place)
        found.append((word.part(0, len(name)), word.part(len(name) + 1)))
    return found


def arguments_of(arguments: Cut, escape: str) -> list[NameAndValue]:
    """What ARG declares: names with or without a default."""
    found: list[NameAndValue] = []
    for word in quoted_words(arguments, escape):
        name, equals, _ = word.text.partition("=")
        found.append((word.part(0, len(name)), word.part(len(name) + 1) if equals else None))
    return found


def quoted_words(arguments: Cut, escape: str) -> Iterator[Cut]:
    """Words separated by white space outside quotes, which are kept.

    An escape at the very end is no part of the last one.
    """
    words = words_of(arguments.text, escape)
    end = len(arguments.text) - words.escaped
    for begin, behind in words.spans:
        yield arguments.part(begin, max(begin, min(behind, end)))
