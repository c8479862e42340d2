"""The proof of a fix: it is evaluated, and no explained edge that was open is cut."""

from assessor.analysis.netpol.connections import Families, Scope
from assessor.analysis.netpol.differing import Difference, Effect, differences
from assessor.analysis.netpol.evaluator import PodAddresses
from assessor.analysis.netpol.fixing.cutting import cut_by
from assessor.analysis.netpol.fixing.edges import Edge
from assessor.analysis.netpol.fixing.policies import Fix, applied
from assessor.analysis.netpol.state import State
from assessor.analysis.policies import Direction


def cut_edges(state: State, fixed: Fix) -> list[Edge]:
    """The explained edges of which a port was open for certain before, and is not after."""
    change = state.evaluator(), applied(state, fixed).evaluator()
    return [
        edge
        for edge in fixed.edges
        if any(cut_by(edge, direction, fixed.namespace, change).lost for direction in Direction)
    ]


def opened(state: State, fixed: Fix) -> list[Difference]:
    """What the fix lets through that was denied before."""
    scope = Scope(frozenset({fixed.namespace}), Families.DUAL)
    found = differences(state, applied(state, fixed), scope, PodAddresses.UNKNOWN)
    return [each for each in found if each.effect is Effect.OPENED]
