"""Which policies select a pod, at a cost that does not grow with pods times policies."""

from collections import defaultdict
from collections.abc import Iterable

from assessor.analysis.memo import once_per_snapshot
from assessor.inventory.meta import Labels
from assessor.inventory.network import LabelSelector, NetworkPolicy
from assessor.inventory.snapshot import Snapshot

OTHER = "\0"
"""Stands for every value that no selector mentions; no label value can hold it."""

PodClass = tuple[tuple[str, str], ...]


class Selection:
    """The policies of one namespace, asked which of them select a set of labels.

    Labels are projected onto what the selectors mention: other keys are dropped, other values
    become one. Selectors cannot tell labels of one class apart, so each class is asked once.
    """

    def __init__(self, policies: Iterable[NetworkPolicy]) -> None:
        """``policies`` keep their order in the answers."""
        self._policies = tuple(policies)
        self._mentioned: dict[str, set[str]] = defaultdict(set)
        self._by_label: dict[tuple[str, str], list[int]] = defaultdict(list)
        self._without_label: list[int] = []
        self._answers: dict[PodClass, tuple[NetworkPolicy, ...]] = {}
        for index, policy in enumerate(self._policies):
            self._add(index, policy.pod_selector)

    def selecting(self, labels: Labels) -> tuple[NetworkPolicy, ...]:
        """The policies whose podSelector matches ``labels``."""
        pod_class = self._project(labels)
        if pod_class not in self._answers:
            self._answers[pod_class] = self._evaluate(pod_class)
        return self._answers[pod_class]

    def _add(self, index: int, selector: LabelSelector) -> None:
        for key, value in selector.match_labels:
            self._mentioned[key].add(value)
        for requirement in selector.match_expressions:
            self._mentioned[requirement.key].update(requirement.values)
        bucket = (
            self._by_label[selector.match_labels[0]]
            if selector.match_labels
            else self._without_label
        )
        bucket.append(index)

    def _project(self, labels: Labels) -> PodClass:
        return tuple(
            sorted(
                (key, value if value in self._mentioned[key] else OTHER)
                for key, value in labels.items()
                if key in self._mentioned
            )
        )

    def _evaluate(self, pod_class: PodClass) -> tuple[NetworkPolicy, ...]:
        labels = dict(pod_class)
        candidates = list(self._without_label)
        for label in pod_class:
            candidates += self._by_label.get(label, ())
        found = (self._policies[index] for index in sorted(candidates))
        return tuple(policy for policy in found if policy.pod_selector.matches(labels))


@once_per_snapshot
def selection_of(snapshot: Snapshot) -> Selection:
    """The namespace's policies, ready to be asked."""
    return Selection(snapshot.network_policies)
