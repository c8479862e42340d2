"""The rules of .dockerignore, which are not those of .gitignore.

A pattern holds from the context's root, the last one that matches decides, and what matches a
folder matches all in it. Source: github.com/moby/patternmatcher; tests/conformance asks it the
same questions.
"""

from collections.abc import Iterable, Iterator
from posixpath import normpath

from msgspec import Struct

_ANY_OF_FOLDERS = "**/"
_ANY = "**"
_STAR = "*"
_ONE = "?"

Token = str | tuple[bool, frozenset[str], tuple[tuple[str, str], ...]]
"""A character, one of the signs above, or a class: whether negated, its characters, its ranges."""


class Pattern(Struct, frozen=True):
    """One line; ``keeps`` where it begins with an exclamation mark."""

    tokens: tuple[Token, ...]
    keeps: bool
    text: str


class IgnoreRules:
    """What an ignore file leaves out."""

    def __init__(self, lines: Iterable[str]) -> None:
        """``lines`` of the file; those that are no patterns are passed over, as builders do."""
        self.patterns = tuple(_patterns(lines))

    def leaves_out(self, path: str) -> bool:
        """Whether a path is left out; it is relative to the context's root."""
        parts = path.split("/")
        ways = ["/".join(parts[: end + 1]) for end in range(len(parts))]
        left_out = False
        for pattern in self.patterns:
            # A pattern that would change nothing is not asked.
            if pattern.keeps == left_out and any(matches(pattern.tokens, way) for way in ways):
                left_out = not pattern.keeps
        return left_out

    @property
    def is_allow_list(self) -> bool:
        """Whether everything is left out but what is named."""
        return bool(self.patterns) and self.patterns[0].text in ("*", "**", "**/*", "*/**")

    @property
    def keeps_some(self) -> bool:
        """Whether something within what is left out may be kept."""
        return any(pattern.keeps for pattern in self.patterns)


def _patterns(lines: Iterable[str]) -> Iterator[Pattern]:
    for number, line in enumerate(lines):
        text = line.removeprefix("\ufeff") if number == 0 else line
        if text.startswith("#"):
            continue
        text = text.strip()
        keeps = text.startswith("!")
        text = text.removeprefix("!").strip() if keeps else text
        if not text:
            continue
        text = normpath(text)
        # normpath leaves two slashes at the beginning, which mean something to POSIX alone.
        text = text.lstrip("/") or "/"
        # Docker cleans it again with its mark, so that `!../../a` leaves out `a`.
        marked = normpath(f"!{text}" if keeps else text)
        keeps, text = marked.startswith("!"), marked.removeprefix("!")
        tokens = _tokens(text)
        if tokens is not None:
            yield Pattern(tokens, keeps, text)


def _tokens(text: str) -> tuple[Token, ...] | None:
    """None where a class is not closed."""
    found: list[Token] = []
    position = 0
    rest = text.removeprefix(_ANY)
    if rest != text and not rest.startswith("/") and not any(sign in rest for sign in "*?[]\\"):
        # Two stars before plain characters match any path that ends so, and not only a name.
        found, position = [_ANY], len(_ANY)
    while position < len(text):
        char = text[position]
        if text.startswith(_ANY, position):
            position += 2
            position += text.startswith("/", position)
            found.append(_ANY if position == len(text) else _ANY_OF_FOLDERS)
            continue
        if char == "[":
            read = _class(text, position + 1)
            if read is None:
                return None
            token, position = read
            found.append(token)
            continue
        if char == "\\" and position + 1 < len(text):
            position += 1
            found.append((False, frozenset(text[position]), ()))
        elif char in (_STAR, _ONE):
            found.append(char)
        else:
            found.append((False, frozenset(char), ()))
        position += 1
    return tuple(found)


def _class(text: str, position: int) -> tuple[Token, int] | None:
    negated = text.startswith("^", position)
    position += negated
    singles: set[str] = set()
    ranges: list[tuple[str, str]] = []
    first = position
    while position < len(text) and (text[position] != "]" or position == first):
        position += text[position] == "\\"
        if position + 2 < len(text) and text[position + 1] == "-" and text[position + 2] != "]":
            ranges.append((text[position], text[position + 2]))
            position += 3
        elif position < len(text):
            singles.add(text[position])
            position += 1
    if position >= len(text):
        return None
    return (negated, frozenset(singles), tuple(ranges)), position + 1


def matches(tokens: tuple[Token, ...], path: str) -> bool:
    """Whether a pattern matches all of a path, in time that grows with both lengths alone."""
    states = _closed({(0, False)}, tokens)
    for char in path:
        states = _closed(_after(states, char, tokens), tokens)
        if not states:
            return False
    return any(position == len(tokens) and not inside for position, inside in states)


State = tuple[int, bool]
"""How many tokens are behind, and whether the next one, ``**/``, has begun to match."""


def _closed(states: set[State], tokens: tuple[Token, ...]) -> set[State]:
    """With those reached by tokens that may match nothing."""
    waiting, found = list(states), set(states)
    while waiting:
        position, inside = waiting.pop()
        if inside or position == len(tokens):
            continue
        if (
            tokens[position] in (_STAR, _ANY, _ANY_OF_FOLDERS)
            and (position + 1, False) not in found
        ):
            found.add((position + 1, False))
            waiting.append((position + 1, False))
    return found


def _after(states: set[State], char: str, tokens: tuple[Token, ...]) -> set[State]:
    found: set[State] = set()
    for position, _ in states:
        if position == len(tokens):
            continue
        token = tokens[position]
        if token == _ANY_OF_FOLDERS:
            found.add((position, True))
            if char == "/":
                found.add((position + 1, False))
        elif token == _ANY or (token == _STAR and char != "/"):
            found.add((position, False))
        elif _is_one(token, char):
            found.add((position + 1, False))
    return found


def _is_one(token: Token, char: str) -> bool:
    if isinstance(token, str):
        return token == _ONE and char != "/"
    negated, singles, ranges = token
    inside = char in singles or any(low <= char <= high for low, high in ranges)
    return inside != negated
