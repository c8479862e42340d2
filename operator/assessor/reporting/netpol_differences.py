"""Differences between two states of a network: as lines, as a document, and as Markdown."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from assessor.analysis.netpol.differing import Difference, Effect
from assessor.analysis.netpol.portsets import text
from assessor.analysis.spans import subtract
from assessor.reporting.bounds import inert, printable
from assessor.reporting.netpol import ports_document

_ENDING = str.maketrans({"`": "'", "|": "/"})
"""What would end the code or the cell."""

SIGNS = {Effect.OPENED: "+", Effect.CLOSED: "-", Effect.CERTAIN: "~", Effect.UNCERTAIN: "~"}
HEADINGS = {
    Effect.OPENED: "Opens",
    Effect.CLOSED: "Closes",
    Effect.CERTAIN: "Was unknown, is allowed",
    Effect.UNCERTAIN: "Was allowed, is unknown",
}


def difference_lines(found: Iterable[Difference]) -> Iterator[str]:
    """``+ src => dst : ports`` for what is opened, ``-`` for what is closed."""
    for each in found:
        yield f"{SIGNS[each.effect]} {_line(each)}"


def _line(each: Difference) -> str:
    notes = [f"new: {end}" for end in each.new] + [f"gone: {end}" for end in each.gone]
    if each.effect in (Effect.CERTAIN, Effect.UNCERTAIN):
        notes.insert(0, each.effect)
    told = f"  ({'; '.join(notes)})" if notes else ""
    return f"{each.source} => {each.destination} : {_ports(each)}{told}"


def _ports(each: Difference) -> str:
    unsure = subtract(each.ports, each.certain)
    if not unsure or each.effect is Effect.UNCERTAIN:
        return text(each.ports)
    known = f"{text(each.certain)}, " if each.certain else ""
    return f"{known}unknown: {text(unsure)}"


def differences_document(found: Iterable[Difference]) -> dict[str, Any]:
    """For programs."""
    return {
        "differences": [
            {
                "source": each.source,
                "destination": each.destination,
                "effect": each.effect.name.lower(),
                "ports": ports_document(each.certain),
                "unknown": ports_document(subtract(each.ports, each.certain)),
                "new": list(each.new),
                "gone": list(each.gone),
            }
            for each in found
        ]
    }


def differences_markdown(found: Sequence[Difference]) -> str:
    """A table for each effect, what is opened first."""
    if not found:
        return "No connection opens or closes."
    parts = []
    for effect, heading in HEADINGS.items():
        rows = [_row(each) for each in found if each.effect is effect]
        if rows:
            head = f"### {heading}\n\n| from | to | ports |\n|---|---|---|\n"
            parts.append(head + "\n".join(rows))
    return "\n\n".join(parts)


def _row(each: Difference) -> str:
    source, destination = (
        f"{_code(end)}{' (new)' if end in each.new else ' (gone)' if end in each.gone else ''}"
        for end in (each.source, each.destination)
    )
    return f"| {source} | {destination} | {_ports(each)} |"


def _code(name: str) -> str:
    """As code in a table: names in files are anybody's to choose, and code has no escapes."""
    return f"`{inert(printable(name)).translate(_ENDING)}`"
