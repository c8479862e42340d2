"""Explanations of connections, and differences between two states, as lines and documents."""

from collections.abc import Iterable, Iterator
from typing import Any

from assessor.analysis.netpol.explaining import Explanation, Reason
from assessor.analysis.netpol.portsets import PortSet, text
from assessor.reporting.netpol import ports_document


def explanation_lines(each: Explanation, port: PortSet) -> Iterator[str]:
    """The verdict, then each side with what decides it."""
    yield f"{each.source} => {each.destination} : {text(port)} is {each.fate}"
    for reason in (each.egress, each.ingress):
        yield f"  {reason.direction} of {reason.subject}: {reason.fate}"
        yield from (f"    {line}" for line in reason.told)


def explanations_document(found: Iterable[tuple[Explanation, PortSet]]) -> dict[str, Any]:
    """For programs."""
    return {"explanations": [_explanation(each, port) for each, port in found]}


def _explanation(each: Explanation, port: PortSet) -> dict[str, Any]:
    return {
        "source": each.source,
        "destination": each.destination,
        "ports": ports_document(port),
        "fate": each.fate,
        "egress": _reason(each.egress),
        "ingress": _reason(each.ingress),
    }


def _reason(each: Reason) -> dict[str, Any]:
    return {"subject": each.subject, "fate": each.fate, "reasons": list(each.told)}
