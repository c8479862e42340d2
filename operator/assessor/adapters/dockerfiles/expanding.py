"""Variables in arguments, expanded as BuildKit does it: ARG and ENV, quotes, ${name:-word}.

Rules: docs.docker.com/reference/dockerfile, "Environment replacement", and
github.com/moby/buildkit/frontend/dockerfile/shell.
"""

import re
from collections.abc import Mapping

from msgspec import Struct

from assessor.adapters.dockerfiles.patterns import replaced, without

Environment = Mapping[str, str | None]
"""Values by name; None where a build may be given one and the file has none."""

_NAME = re.compile(r"[^\W\d]\w*|\d+|[@*#?!$-]")
DEEPEST = 50
"""Expansions within each other; a builder has its own limit to its stack."""
LONGEST_MATCHED = 500
"""Characters of a value of which a pattern is tried at each."""
MOST_STARS = 3
"""Stars of a pattern that is tried: each may match anything, and together they take their time."""


class Expanded(Struct, frozen=True):
    """A text in which variables are replaced; those that are not known are left as they stand."""

    text: str
    known: bool


def expand(text: str, environment: Environment, escape: str = "\\") -> Expanded:
    """A word without its quotes and with its variables' values."""
    if not any(char in text for char in ("$", "'", '"', escape)):
        return Expanded(text, known=True)
    return _Word(text, environment, escape).expanded()


class _Word:
    """One pass over a text."""

    def __init__(self, text: str, environment: Environment, escape: str, depth: int = 0) -> None:
        self._text = text
        self._environment = environment
        self._escape = escape
        self._position = 0
        self._known = True
        self._depth = depth

    def expanded(self) -> Expanded:
        made = []
        while self._position < len(self._text):
            made.append(self._next())
        return Expanded("".join(made), self._known)

    def _next(self) -> str:
        char = self._take()
        if char == "'":
            end = self._text.find("'", self._position)
            return self._take(len(self._text) if end < 0 else end, skip=1)
        if char == '"':
            return self._double_quoted()
        if char == "$":
            return self._variable()
        return self._take() if char == self._escape else char

    def _double_quoted(self) -> str:
        made = []
        while self._position < len(self._text):
            char = self._take()
            if char == '"':
                break
            if char == "$":
                made.append(self._variable())
            elif char == self._escape and self._peek() in ('"', "$", self._escape):
                made.append(self._take())
            else:
                made.append(char)
        return "".join(made)

    def _variable(self) -> str:
        begin = self._position - 1
        if self._peek() == "{":
            return self._braced(begin)
        name = _NAME.match(self._text, self._position)
        if name is None:
            return "$"
        self._position = name.end()
        return self._value(name[0], begin)

    def _value(self, name: str, begin: int) -> str:
        value = self._environment.get(name)
        if value is None:
            self._known = False
            return self._text[begin : self._position]
        return value

    def _braced(self, begin: int) -> str:
        end = self._closing(self._position)
        inside = self._text[self._position + 1 : end]
        self._position = end + 1
        name = _NAME.match(inside)
        if name is None:
            self._known = False
            return self._text[begin : self._position]
        modifier = inside[name.end() :]
        if not modifier:
            return self._value(name[0], begin)
        return self._modified(name[0], modifier, begin)

    def _modified(self, name: str, modifier: str, begin: int) -> str:
        """``:-``, ``:+``, ``:?`` and the same without colon, patterns cut off or replaced."""
        colon = modifier.startswith(":")
        sort, word = modifier[colon : colon + 1], modifier[colon + 1 :]
        made: str | None = None
        if sort == "+":
            made = self._if_set(name, word, colon=colon)
        elif sort in ("-", "?"):
            value = self._environment.get(name)
            has_value = bool(value) if colon else value is not None
            made = value if has_value else self._inner(word) if sort == "-" else None
        else:
            made = self._matched(name, sort, word)
        if made is None:
            self._known = False
            return self._text[begin : self._position]
        return made

    def _if_set(self, name: str, word: str, *, colon: bool) -> str | None:
        value = self._environment.get(name)
        if value or (value is not None and not colon):
            return self._inner(word)
        # An argument may be given a value when the image is built.
        return None if name in self._environment and value is None else ""

    def _matched(self, name: str, sort: str, word: str) -> str | None:
        value = self._environment.get(name)
        if value is None or len(value) > LONGEST_MATCHED or word.count("*") > MOST_STARS:
            return None
        if sort in ("#", "%"):
            greedy = word.startswith(sort)
            return without(value, self._inner(word[greedy:]), sort, greedy=greedy)
        if sort == "/":
            everywhere = word.startswith("/")
            pattern, _, text = word[everywhere:].partition("/")
            return replaced(value, self._inner(pattern), self._inner(text), everywhere=everywhere)
        return None

    def _inner(self, word: str) -> str:
        if self._depth == DEEPEST:
            self._known = False
            return word
        found = _Word(word, self._environment, self._escape, self._depth + 1).expanded()
        self._known &= found.known
        return found.text

    def _closing(self, opening: int) -> int:
        """Where the brace that is opened there is closed; the end of the text where it is not."""
        depth, position = 0, opening
        while position < len(self._text):
            char = self._text[position]
            if char == self._escape:
                position += 1
            elif char == "{":
                depth += 1
            elif char == "}":
                depth -= 1
                if depth == 0:
                    return position
            position += 1
        return len(self._text)

    def _peek(self) -> str:
        return self._text[self._position : self._position + 1]

    def _take(self, end: int | None = None, skip: int = 0) -> str:
        begin = self._position
        stop = min(begin + 1 if end is None else end, len(self._text))
        self._position = stop + skip
        return self._text[begin:stop]
