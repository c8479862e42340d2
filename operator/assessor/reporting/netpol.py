"""Connections as lines, as a document and as a graph."""

from collections.abc import Iterable, Iterator
from typing import Any

from assessor.analysis.netpol.connections import Connection
from assessor.analysis.netpol.portsets import PROTOCOLS, PortSet, by_number, text
from assessor.analysis.spans import subtract
from assessor.reporting.bounds import printable


def connections_text(found: Iterable[Connection]) -> Iterator[str]:
    """One line each: ``src => dst : ports``, and the ports that are not decided behind them."""
    for each in found:
        yield f"{each.source} => {each.destination} : {_ports(each)}"


def _ports(each: Connection) -> str:
    unknown = subtract(each.possible, each.certain)
    if not unknown:
        return text(each.certain)
    known = f"{text(each.certain)}, " if each.certain else ""
    return f"{known}unknown: {text(unknown)}"


def connections_document(found: Iterable[Connection]) -> dict[str, Any]:
    """For programs."""
    return {"connections": [_connection(each) for each in found]}


def _connection(each: Connection) -> dict[str, Any]:
    return {
        "source": each.source,
        "destination": each.destination,
        "ports": ports_document(each.certain),
        "unknown": ports_document(subtract(each.possible, each.certain)),
    }


def ports_document(given: PortSet) -> dict[str, list[list[int]]]:
    """By protocol, the first and the last port of each range."""
    found = {protocol: by_number(protocol, given) for protocol in PROTOCOLS}
    return {name: [list(span) for span in spans] for name, spans in found.items() if spans}


def connections_dot(found: Iterable[Connection]) -> str:
    """A digraph in Graphviz' language; what is not decided is dashed."""
    lines = ["digraph connections {", "  rankdir=LR;", "  node [shape=box];"]
    for each in found:
        style = "" if each.certain else ", style=dashed"
        ends = f"{_quoted(each.source)} -> {_quoted(each.destination)}"
        lines.append(f"  {ends} [label={_quoted(_ports(each))}{style}];")
    return "\n".join((*lines, "}"))


def _quoted(name: str) -> str:
    escaped = printable(name).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
