"""The namespaces of a cluster, asked by selectors."""

from collections import defaultdict
from collections.abc import Mapping

from assessor.inventory.meta import Labels
from assessor.inventory.network import LabelSelector

NAME_LABEL = "kubernetes.io/metadata.name"
"""The label that the API server keeps on every namespace (KEP-2161)."""


class Namespaces:
    """Namespaces by name, with an index of their labels.

    The label of the name is added where it is missing, as in files.
    """

    def __init__(self, labels: Mapping[str, Labels]) -> None:
        """``labels`` of each namespace, by its name."""
        self._labels = {name: {**given, NAME_LABEL: name} for name, given in labels.items()}
        self._by_label: dict[tuple[str, str], list[str]] = defaultdict(list)
        for name, given in self._labels.items():
            for pair in given.items():
                self._by_label[pair].append(name)
        self._answers: dict[LabelSelector, frozenset[str]] = {}

    @property
    def names(self) -> frozenset[str]:
        """All of them."""
        return frozenset(self._labels)

    def labels(self, name: str) -> Labels:
        """Those of one namespace; one that nobody described has but its name."""
        return self._labels.get(name) or {NAME_LABEL: name}

    def matching(self, selector: LabelSelector) -> frozenset[str]:
        """The names of those that match."""
        found = self._answers.get(selector)
        if found is None:
            candidates = (
                self._by_label.get(selector.match_labels[0], ())
                if selector.match_labels
                else self._labels
            )
            found = frozenset(name for name in candidates if selector.matches(self._labels[name]))
            self._answers[selector] = found
        return found
