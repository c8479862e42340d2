"""Which policies select a pod, at a cost that does not grow with pods times policies."""

from collections import defaultdict
from collections.abc import Iterable

from assessor.analysis.memo import once_per_snapshot
from assessor.analysis.projection import Projected, Projection
from assessor.inventory.meta import Labels
from assessor.inventory.network import LabelSelector, NetworkPolicy
from assessor.inventory.ownership import RootController
from assessor.inventory.snapshot import Snapshot
from assessor.kernel.refs import ObjectRef


class Selection:
    """The policies of one namespace, asked which of them select a set of labels.

    Labels are projected onto what the selectors mention: other keys are dropped, other values
    become one. Selectors cannot tell labels of one class apart, so each class is asked once.
    """

    def __init__(self, policies: Iterable[NetworkPolicy]) -> None:
        """``policies`` keep their order in the answers."""
        self._policies = tuple(policies)
        self._projection = Projection(policy.pod_selector for policy in self._policies)
        self._by_label: dict[tuple[str, str], list[int]] = defaultdict(list)
        self._without_label: list[int] = []
        self._answers: dict[Projected, tuple[NetworkPolicy, ...]] = {}
        self._asked: dict[int, tuple[Labels, tuple[NetworkPolicy, ...]]] = {}
        """By identity, as pods of one template share their labels; the labels live as long."""
        for index, policy in enumerate(self._policies):
            self._add(index, policy.pod_selector)

    def selecting(self, labels: Labels) -> tuple[NetworkPolicy, ...]:
        """The policies whose podSelector matches ``labels``."""
        asked = self._asked.get(id(labels))
        if asked is not None:
            return asked[1]
        pod_class = self._projection.of(labels)
        if pod_class not in self._answers:
            self._answers[pod_class] = self._evaluate(pod_class)
        self._asked[id(labels)] = (labels, self._answers[pod_class])
        return self._answers[pod_class]

    def _add(self, index: int, selector: LabelSelector) -> None:
        bucket = (
            self._by_label[selector.match_labels[0]]
            if selector.match_labels
            else self._without_label
        )
        bucket.append(index)

    def _evaluate(self, pod_class: Projected) -> tuple[NetworkPolicy, ...]:
        labels = dict(pod_class)
        candidates = list(self._without_label)
        for label in pod_class:
            candidates += self._by_label.get(label, ())
        found = (self._policies[index] for index in sorted(candidates))
        return tuple(policy for policy in found if policy.pod_selector.matches(labels))


def label_sets(root: RootController) -> list[Labels]:
    """The labels of a workload's live pods, or of its template, that selectors can reach."""
    if not root.pods:
        return [] if root.spec.host_network else [root.labels]
    found = {id(pod.meta.labels): pod for pod in root.pods if not pod.spec.host_network}
    return [pod.meta.labels for pod in found.values()]


def matched(snapshot: Snapshot, selector: LabelSelector) -> list[RootController]:
    """The workloads of the namespace that a pod selector matches."""
    return [root for root in snapshot.roots if any(map(selector.matches, label_sets(root)))]


def selected(snapshot: Snapshot, policy: NetworkPolicy) -> tuple[RootController, ...]:
    """The workloads that a policy selects."""
    return _selected(snapshot).get(policy.meta.name, ())


@once_per_snapshot
def _selected(snapshot: Snapshot) -> dict[str, tuple[RootController, ...]]:
    """By policy, what it selects."""
    found: dict[str, dict[ObjectRef, RootController]] = defaultdict(dict)
    selection = selection_of(snapshot)
    for root in snapshot.roots:
        for labels in label_sets(root):
            for policy in selection.selecting(labels):
                found[policy.meta.name][root.ref] = root
    return {name: tuple(roots.values()) for name, roots in found.items()}


@once_per_snapshot
def selection_of(snapshot: Snapshot) -> Selection:
    """The namespace's policies, ready to be asked."""
    return Selection(snapshot.network_policies)
