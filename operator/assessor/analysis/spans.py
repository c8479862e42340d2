"""Sets of integers as spans: inclusive pairs, sorted, neither overlapping nor adjacent.

Equal sets are equal tuples.
"""

from collections.abc import Iterable

Span = tuple[int, int]
Spans = tuple[Span, ...]


def merge(spans: Iterable[Span]) -> Spans:
    """The union."""
    merged: list[Span] = []
    for low, high in sorted(spans):
        if merged and low <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
        else:
            merged.append((low, high))
    return tuple(merged)


def subtract(spans: Spans, removed: Spans) -> Spans:
    """What is in ``spans`` and not in ``removed``; linear in both."""
    left: list[Span] = []
    first = 0
    for low, high in spans:
        while first < len(removed) and removed[first][1] < low:
            first += 1
        left += _remains((low, high), removed, first)
    return tuple(left)


def _remains(span: Span, removed: Spans, first: int) -> Iterable[Span]:
    low, high = span
    for index in range(first, len(removed)):
        hole_low, hole_high = removed[index]
        if hole_low > high:
            break
        if low < hole_low:
            yield (low, hole_low - 1)
        low = hole_high + 1
    if low <= high:
        yield (low, high)


def size(spans: Spans) -> int:
    """How many addresses there are in it."""
    return sum(high - low + 1 for low, high in spans)


def intersect(spans: Spans, others: Spans) -> Spans:
    """What is in both; linear in both."""
    found: list[Span] = []
    first = second = 0
    while first < len(spans) and second < len(others):
        low = max(spans[first][0], others[second][0])
        high = min(spans[first][1], others[second][1])
        if low <= high:
            found.append((low, high))
        if spans[first][1] < others[second][1]:
            first += 1
        else:
            second += 1
    return tuple(found)


def holds(spans: Spans, value: int) -> bool:
    """Whether ``value`` is in it."""
    return any(low <= value <= high for low, high in spans)
