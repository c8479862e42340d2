"""Labels reduced to what selectors can tell apart."""

from collections import defaultdict
from collections.abc import Iterable

from assessor.inventory.meta import Labels
from assessor.inventory.network import LabelSelector

OTHER = "\0"
"""Stands for every value that no selector mentions; no label value can hold it."""

Projected = tuple[tuple[str, str], ...]
"""Labels of a class, sorted by key."""


class Projection:
    """Drops keys that no selector mentions, and makes one of all values that none mentions.

    Selectors cannot tell apart labels that are projected alike.
    """

    def __init__(self, selectors: Iterable[LabelSelector] = ()) -> None:
        """``selectors``: those that will be asked about."""
        self._mentioned: dict[str, set[str]] = defaultdict(set)
        for selector in selectors:
            self.add(selector)

    def add(self, selector: LabelSelector) -> None:
        """Take in one more selector, before anything is projected."""
        for key, value in selector.match_labels:
            self._mentioned[key].add(value)
        for requirement in selector.match_expressions:
            self._mentioned[requirement.key].update(requirement.values)

    def of(self, labels: Labels) -> Projected:
        """The class of ``labels``."""
        return tuple(
            sorted(
                (key, value if value in self._mentioned[key] else OTHER)
                for key, value in labels.items()
                if key in self._mentioned
            )
        )
