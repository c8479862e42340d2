"""A Table of the API server (meta.k8s.io/v1), printed as kubectl prints it."""

from collections.abc import Iterable

from playground.client import Json

ACCEPT = "application/json;as=Table;v=v1;g=meta.k8s.io"
"""What to ask for (Kubernetes, "Receiving resources as Tables")."""

GAP = "   "


def rendered(table: Json, *, wide: bool = False, namespaces: bool = False) -> str:
    """The table as text; ``wide`` as with ``-o wide``, ``namespaces`` as with ``-A``."""
    columns = [
        (index, column["name"].upper())
        for index, column in enumerate(table["columnDefinitions"])
        if wide or column["priority"] == 0
    ]
    lines = [[name for _, name in columns]]
    lines += [[_cell(row["cells"][index]) for index, _ in columns] for row in table["rows"]]
    if namespaces:
        first = ["NAMESPACE", *(row["object"]["metadata"]["namespace"] for row in table["rows"])]
        lines = [[namespace, *line] for namespace, line in zip(first, lines, strict=True)]
    return "\n".join(_aligned(lines))


def _cell(value: object) -> str:
    return "<none>" if value is None else str(value)


def _aligned(lines: list[list[str]]) -> Iterable[str]:
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        yield GAP.join(cells).rstrip()
