"""A cluster's network as one value: who is there, and what the policies say."""

from collections.abc import Iterable, Mapping

from msgspec import Struct

from assessor.analysis.netpol.classes import PodFacts, facts
from assessor.analysis.netpol.evaluator import Evaluator, PodAddresses, Policies
from assessor.inventory.ingress import Entrance
from assessor.inventory.meta import Labels
from assessor.inventory.network import Service
from assessor.inventory.ownership import RootController
from assessor.inventory.workloads import Pod, Workload

NOWHERE = "\0"
"""The namespace of a stranger: no namespace has that name, and so nobody names it."""


class State(Struct, frozen=True):
    """Namespaces by name with their labels, what runs in them, and all policies.

    ``unreadable`` tells what could not be read, so that nobody takes silence for absence.
    ``entrances`` are Ingresses and the like, through which the outside comes in. ``workloads`` and
    ``pods`` are what ``roots`` were made of.
    """

    namespaces: Mapping[str, Labels]
    roots: tuple[RootController, ...] = ()
    services: tuple[Service, ...] = ()
    policies: Policies = Policies()
    entrances: tuple[Entrance, ...] = ()
    unreadable: tuple[str, ...] = ()
    workloads: tuple[Workload, ...] = ()
    pods: tuple[Pod, ...] = ()

    def evaluator(self, pod_addresses: PodAddresses = PodAddresses.UNKNOWN) -> "Network":
        """The workloads with an evaluator of their pods."""
        return Network(self, pod_addresses)


class Network:
    """The workloads of a state, and the evaluator of their pods."""

    def __init__(self, state: State, pod_addresses: PodAddresses) -> None:
        """Every pod that lives, and the template of what has none."""
        self.state = state
        given = [
            (number, each) for number, root in enumerate(state.roots) for each in pod_facts(root)
        ]
        stranger = PodFacts(NOWHERE, {})
        namespaces: dict[str, Labels] = {root.ref.namespace: {} for root in state.roots}
        self.evaluator = Evaluator(
            namespaces | dict(state.namespaces) | {NOWHERE: {}},
            [*(each for _, each in given), stranger],
            state.policies,
            pod_addresses=pod_addresses,
        )
        self.pods: tuple[PodFacts, ...] = tuple(each for _, each in given)
        *of_pod, self.stranger = self.evaluator.classes.of_pod
        """The class of a pod without labels, in a namespace that nobody named."""
        self.of_pod: tuple[int, ...] = tuple(of_pod)
        """The class of each of ``pods``."""
        self.root_of_pod: tuple[int, ...] = tuple(number for number, _ in given)
        """The number of each pod's workload among the state's roots."""
        classes: list[set[int]] = [set() for _ in state.roots]
        for (owner, _), number in zip(given, of_pod, strict=True):
            classes[owner].add(number)
        self.classes: tuple[tuple[int, ...], ...] = tuple(map(_sorted, classes))
        """The classes of each workload's pods."""


def pod_facts(root: RootController) -> tuple[PodFacts, ...]:
    """The pods that live, or those that the template will make."""
    namespace = root.ref.namespace
    if root.pods:
        return tuple(facts(namespace, pod.meta.labels, pod.spec) for pod in root.pods)
    return (facts(namespace, root.labels, root.spec),)


def _sorted(classes: Iterable[int]) -> tuple[int, ...]:
    return tuple(sorted(classes))
