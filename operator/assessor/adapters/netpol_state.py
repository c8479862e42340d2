"""Records of all kinds put together into one state of a cluster's network."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from assessor.analysis.netpol.evaluator import Policies
from assessor.analysis.netpol.state import State
from assessor.inventory.admin_network import AdminPolicy
from assessor.inventory.decoding import Record
from assessor.inventory.ingress import Entrance
from assessor.inventory.kinds import (
    CORE_KINDS,
    ENTRANCE_KINDS,
    POLICY_ENGINE_KINDS,
    WORKLOAD_EVIDENCE,
    Evidence,
)
from assessor.inventory.network import ForeignPolicy, NetworkPolicy, Service
from assessor.inventory.ownership import RootController, root_controllers
from assessor.inventory.workloads import Namespace, Pod, Workload

NEEDED = WORKLOAD_EVIDENCE | {Evidence.NAMESPACES, Evidence.SERVICES, Evidence.NETWORK_POLICIES}

KINDS = (
    *(kind for kind in CORE_KINDS if kind.evidence in NEEDED),
    *POLICY_ENGINE_KINDS,
    *ENTRANCE_KINDS,
)
"""What bears on who may talk to whom."""


def state_of(records: Iterable[Record], unreadable: Iterable[str] = ()) -> State:
    """The state that the records tell; others than of ``KINDS`` are left out."""
    given = tuple(records)
    return State(
        {each.meta.name: each.meta.labels for each in given if isinstance(each, Namespace)},
        tuple(_roots(given)),
        tuple(each for each in given if isinstance(each, Service)),
        Policies(
            tuple(each for each in given if isinstance(each, NetworkPolicy)),
            tuple(each for each in given if isinstance(each, AdminPolicy)),
            tuple(each for each in given if isinstance(each, ForeignPolicy)),
        ),
        tuple(each for each in given if isinstance(each, Entrance)),
        tuple(unreadable),
        tuple(each for each in given if isinstance(each, Workload)),
        tuple(each for each in given if isinstance(each, Pod)),
    )


def _roots(records: Iterable[Record]) -> Iterator[RootController]:
    """All root controllers, sorted by namespace."""
    members: dict[str, tuple[list[Workload], list[Pod]]] = defaultdict(lambda: ([], []))
    for each in records:
        if isinstance(each, Workload):
            members[each.meta.namespace][0].append(each)
        elif isinstance(each, Pod):
            members[each.meta.namespace][1].append(each)
    for name in sorted(members):
        yield from root_controllers(*members[name])
