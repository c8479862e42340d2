"""What judging NetworkPolicies costs, on three sizes of fleet, from warm caches.

    make bench-analysis

A namespace has 10 pods of 2 Deployments with Services, and 3 policies: a default-deny for both
directions, DNS, and one that lets in a neighbour, the monitoring, a team's namespaces or a block of
addresses; all of it from a seed. "Warm" means that the caches hold everything decoded, as in an
operator that runs. One core.
"""

import gc
import random
import statistics
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import partial

from assessor.adapters.gathered import Gathered
from assessor.adapters.listed import Listed
from assessor.adapters.netpol_state import state_of
from assessor.adapters.rbac_index import index_of
from assessor.adapters.store import Store
from assessor.analysis.policies import Direction
from assessor.checks.loading import load
from assessor.engine.running import run_checks
from assessor.inventory.containers import Container, ContainerPort
from assessor.inventory.decoding import EventType, WatchEvent
from assessor.inventory.decoding.results import Record
from assessor.inventory.kinds import CORE_KINDS, Evidence
from assessor.inventory.meta import Labels, Meta, OwnerRef
from assessor.inventory.network import (
    IPBlock,
    LabelSelector,
    NetworkPolicy,
    Peer,
    PolicyPort,
    PolicyRule,
    Service,
    ServicePort,
)
from assessor.inventory.workloads import Namespace, Pod, PodSpec, Workload
from tests.bench.rbac import GOAL_ALL, GOAL_CHANGE, SIZES, beside, report, timed

CHANGES = 200
NAME = "kubernetes.io/metadata.name"
HTTP = (PolicyPort("TCP", 8080),)
DNS = PolicyRule(
    (
        Peer(
            LabelSelector((("k8s-app", "kube-dns"),)),
            LabelSelector(((NAME, "kube-system"),)),
        ),
    ),
    (PolicyPort("UDP", 53), PolicyPort("TCP", 53)),
)
SERVED = (ServicePort(80, target=8080),)
SPEC = PodSpec(containers=(Container("main", ports=(ContainerPort(8080, name="http"),)),))


def main() -> None:
    """Measure and print."""
    print(f"{'namespaces':>10} {'what':<34} {'seconds':>8} {'ms each':>8}")
    for size in SIZES:
        measure(size)


def measure(size: int) -> None:
    """Measure and print one size of fleet."""
    fleet = Fleet(size)
    goal = GOAL_ALL if size == SIZES[-1] else None
    report(size, "index of peers, from the stores", timed(fleet.index))
    gc.collect()
    report(size, "NET-01's checks, cold", timed(fleet.judge_all))
    report(size, "NET-01's checks, warm", timed(fleet.judge_all), goal)
    report(size, "every class compiled, one cluster", timed(fleet.evaluate), goal)
    changes: dict[str, Callable[[], None]] = {
        "a policy's": fleet.change_policy,
        "a pod's": fleet.change_pod,
        "a namespace's labels'": fleet.change_namespace,
    }
    for what, change in changes.items():
        each = [timed(partial(change)) for _ in range(CHANGES)]
        print(
            f"{size:>10} all whom {what} change concerns: median"
            f" {1e3 * statistics.median(each):.2f} ms, worst of {CHANGES} {1e3 * max(each):.2f} ms"
            f"{beside(statistics.median(each), GOAL_CHANGE)}"
        )


class Fleet:
    """A cluster's objects as the informers hold them."""

    def __init__(self, size: int) -> None:
        """``size`` namespaces, with 3 policies and 10 pods each."""
        self.chance = random.Random(size)  # noqa: S311 - a benchmark's, no secret
        self.names = [f"team-{number:04}" for number in range(size)]
        records: dict[Evidence, list[Record]] = defaultdict(list)
        for number, name in enumerate(self.names):
            for evidence, record in self._namespace(number, name):
                records[evidence].append(record)
        self.records = [each for listed in records.values() for each in listed]
        self.listed = {
            kind.evidence: Listed(kind, Store(namespaced=kind.namespaced)) for kind in CORE_KINDS
        }
        for evidence, held in records.items():
            self.listed[evidence].store.replace(held)
        self.gathered = Gathered(self.listed, (), index_of(()), everywhere=True, confined=True)
        self.checks = [check for check in load() if check.control == "NET-01"]

    def index(self) -> None:
        """Make the index of peers, as `assessor assess -A` does."""
        assert self.gathered.peers

    def judge_all(self) -> None:
        """Judge every namespace."""
        for name in self.names:
            self.judge(name)

    def judge(self, namespace: str) -> None:
        """Judge one: its snapshot, and every check of NET-01."""
        run_checks(self.checks, self.gathered.snapshot(namespace), None)

    def evaluate(self) -> None:
        """Compile both sides of every class of pods, in one evaluator of the whole cluster."""
        evaluator = state_of(self.records).evaluator().evaluator
        for number in range(len(evaluator.classes.all)):
            for direction in Direction:
                evaluator.side(number, direction)

    def change_policy(self) -> None:
        """Change a policy, and judge whom it concerns."""
        namespace = self.chance.choice(self.names)
        self._apply(Evidence.NETWORK_POLICIES, self._edge(namespace))
        self.judge(namespace)

    def change_pod(self) -> None:
        """Give a pod another label, and judge whom it concerns."""
        namespace = self.chance.choice(self.names)
        labels = {"app": "api", "canary": str(self.chance.random())}
        self._apply(Evidence.PODS, self._pod(namespace, "api", 0, labels))
        self.judge(namespace)

    def change_namespace(self) -> None:
        """Give a namespace another label that nobody asks for, and judge whom it concerns."""
        name = self.chance.choice(self.names)
        known = self.listed[Evidence.NAMESPACES].store.get("", name)
        labels = dict(known.meta.labels) if isinstance(known, Namespace) else {}
        after = Namespace(Meta(name, "", name, labels | {"note": str(self.chance.random())}))
        self._apply(Evidence.NAMESPACES, after)
        self.judge(name)

    def _apply(self, evidence: Evidence, after: Record) -> None:
        self.listed[evidence].store.apply(WatchEvent(EventType.MODIFIED, after, "1"))

    def _namespace(self, number: int, name: str) -> Iterable[tuple[Evidence, Record]]:
        labels = {NAME: name, "team": f"t{number // 4}"}
        yield Evidence.NAMESPACES, Namespace(Meta(name, "", name, labels))
        for app in ("api", "worker"):
            yield (
                Evidence.DEPLOYMENTS,
                Workload("apps", "Deployment", _meta(app, name), {"app": app}, SPEC),
            )
            yield (
                Evidence.SERVICES,
                Service(
                    _meta(app, name), selector={"app": app}, ports=(ServicePort(80, target=8080),)
                ),
            )
            shared = {"app": app}  # as the decoder shares equal labels
            for each in range(5):
                yield Evidence.PODS, self._pod(name, app, each, shared)
        yield Evidence.NETWORK_POLICIES, _policy("deny", name, types=("Ingress", "Egress"))
        yield Evidence.NETWORK_POLICIES, _policy("dns", name, egress=(DNS,), types=("Egress",))
        yield Evidence.NETWORK_POLICIES, self._edge(name)

    def _pod(self, namespace: str, app: str, number: int, labels: Labels) -> Pod:
        owner = OwnerRef("apps", "Deployment", app, f"{namespace}/{app}")
        name = f"{app}-{number}"
        meta = Meta(name, namespace, f"{namespace}/{name}", labels, owner)
        return Pod(meta, SPEC, "Running")

    def _edge(self, namespace: str) -> NetworkPolicy:
        peers = (
            Peer(LabelSelector((("app", "worker"),))),
            Peer(LabelSelector((("app", "api"),)), LabelSelector(((NAME, self._neighbour()),))),
            Peer(namespace_selector=LabelSelector((("team", f"t{self.chance.randrange(250)}"),))),
            Peer(ip_block=IPBlock(f"10.{self.chance.randrange(256)}.0.0/16")),
        )
        rules = tuple(PolicyRule((each,), HTTP) for each in self.chance.sample(peers, 2))
        return _policy("edge", namespace, selector={"app": "api"}, ingress=rules)

    def _neighbour(self) -> str:
        return self.chance.choice(self.names)


def _policy(
    name: str,
    namespace: str,
    *,
    selector: Labels | None = None,
    types: tuple[str, ...] = ("Ingress",),
    ingress: tuple[PolicyRule, ...] = (),
    egress: tuple[PolicyRule, ...] = (),
) -> NetworkPolicy:
    selected = LabelSelector(tuple((selector or {}).items()))
    return NetworkPolicy(_meta(name, namespace), selected, types, ingress, egress)


def _meta(name: str, namespace: str) -> Meta:
    return Meta(name, namespace, f"{namespace}/{name}", {})


if __name__ == "__main__":
    main()
