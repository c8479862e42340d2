"""Texts made fit for a status, or for a report: bounded, and neither control sequence nor command.

CI systems carry out what stands in a job's output: GitHub ``::name::`` where a line begins, blanks
left out, and ``##[name]`` anywhere; Azure Pipelines ``##vso[name]``, TeamCity ``##teamcity[name]``.
"""

import re

ELLIPSIS = "…"
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def bounded(text: str, limit: int, *, lines: bool = False) -> str:
    """``text`` in at most ``limit`` characters, on one line unless ``lines`` may stay.

    Control and format characters, lone surrogates among them, become U+FFFD: a tenant's names
    end up in logs and terminals.
    """
    shown = printable(text, lines=lines)
    return shown if len(shown) <= limit else shown[: limit - 1] + ELLIPSIS


def printable(text: str, *, lines: bool = False) -> str:
    """The same of any length: nothing is cut off."""
    if text.isprintable():
        return text
    kept = "\n" if lines else ""
    return "".join(c if c.isprintable() or c in kept else REPLACEMENT for c in text)


_COMMAND = re.compile(
    r"^([^\S\n]*)::(?=(?=[\w-]{0,40}[g-z])[\w-]*+(?:\s[^\n]*)?::)", re.MULTILINE | re.IGNORECASE
)
"""Each command of GitHub's has a letter that no address of IPv6 has."""

_MARKS = re.compile("#(?=#)")


def inert(text: str) -> str:
    """Lines of a report as no CI system takes them for commands, else as they are."""
    return _COMMAND.sub(r"\1: :", _MARKS.sub("# ", text))


def inert_json(document: str) -> str:
    """The same JSON: a second ``#`` is written as its escape, which stands in strings alone."""
    return document.replace("##", "#\\u0023")


def inert_xml(document: str) -> str:
    """The same XML, as it has neither comments nor CDATA sections."""
    return document.replace("##", "#&#35;")
