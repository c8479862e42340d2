"""Patterns in expansions: ``${name#pattern}``, ``${name%pattern}`` and ``${name/pattern/text}``."""

import re


def without(value: str, pattern: str, end: str, *, greedy: bool) -> str:
    """The value without what the pattern matches: at its beginning for ``#``, its end for ``%``."""
    positions = range(len(value) + 1)
    longest_first = greedy == (end == "#")
    compiled = _compiled(pattern)
    for position in reversed(positions) if longest_first else positions:
        cut, rest = (
            (value[:position], value[position:])
            if end == "#"
            else (value[position:], value[:position])
        )
        if compiled.fullmatch(cut):
            return rest
    return value


def replaced(value: str, pattern: str, text: str, *, everywhere: bool) -> str:
    """The value with the first match, or each, replaced."""
    return _compiled(pattern).sub(lambda _: text, value, count=0 if everywhere else 1)


def _compiled(pattern: str) -> re.Pattern[str]:
    """``*`` and ``?`` as a shell reads them; a backslash takes their meaning."""
    made, position = [], 0
    while position < len(pattern):
        char = pattern[position]
        if char == "\\" and position + 1 < len(pattern):
            position += 1
            made.append(re.escape(pattern[position]))
        else:
            made.append({"*": ".*", "?": "."}.get(char, re.escape(char)))
        position += 1
    return re.compile("".join(made), re.DOTALL)
