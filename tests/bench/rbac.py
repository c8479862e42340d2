"""What judging roles and bindings costs, on three sizes of fleet, from warm caches.

    make bench-analysis

A namespace has 2 roles, 5 bindings and 10 pods of 2 Deployments, all generated from a seed; a fifth
of the bindings are the cluster's. "Warm" means that the caches hold everything decoded, and that
each role has been compiled before, as in an operator that runs; "cold" is the first look. One core.
"""

import random
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import partial

from assessor.adapters.gathered import Gathered
from assessor.adapters.listed import Listed
from assessor.adapters.rbac_index import index_of
from assessor.adapters.store import Store
from assessor.catalogue.checklist import CONTROLS
from assessor.catalogue.checks import Check
from assessor.catalogue.profiles import BUILT_IN_PROFILES, Profile
from assessor.checks.loading import load
from assessor.engine.assess import assess
from assessor.engine.tailoring import Tailoring
from assessor.inventory.decoding import EventType, WatchEvent
from assessor.inventory.decoding.results import Record
from assessor.inventory.kinds import CORE_KINDS, RBAC_KINDS, Evidence
from assessor.inventory.meta import Meta, OwnerRef
from assessor.inventory.rbac import PolicyRule, Role, RoleBinding, RoleRef, Subject
from assessor.inventory.workloads import Namespace, Pod, PodSpec, ServiceAccount, Workload

GOAL_ALL, GOAL_CHANGE = 1.0, 0.010
"""Seconds of one quiet core: the last size from warm caches, and one namespace after a change."""

SIZES = (250, 500, 1000)
"""Namespaces; the last one is the fleet of the target: 2,000 roles, 5,000 bindings, 10,000 pods."""
CHANGES = 200
RBAC_CONTROLS = Profile(frozenset({"AUTHZ-01", "AUTHZ-02", "AUTHZ-04"}))
PROFILES = {"AUTHZ-01, 02 and 04": RBAC_CONTROLS, "all checks": BUILT_IN_PROFILES["full"]}
RULES = (
    PolicyRule(("get", "list", "watch"), ("",), ("pods", "services", "configmaps")),
    PolicyRule(("get", "list", "watch"), ("apps",), ("deployments", "replicasets")),
    PolicyRule(("get",), ("",), ("secrets",), ("app-config",)),
    PolicyRule(("list", "watch"), ("",), ("secrets",)),
    PolicyRule(("create", "patch"), ("",), ("events",)),
    PolicyRule(("create", "update", "patch", "delete"), ("apps",), ("deployments",)),
    PolicyRule(("*",), ("example.test",), ("widgets",)),
    PolicyRule(("get", "create", "update"), ("coordination.k8s.io",), ("leases",)),
)


def main() -> None:
    """Measure and print."""
    print(f"{'namespaces':>10} {'what':<34} {'seconds':>8} {'ms each':>8}")
    for size in SIZES:
        measure(size)


def measure(size: int) -> None:
    """Measure and print one size of fleet."""
    for name, profile in PROFILES.items():
        fleet = Fleet(size)
        report(size, f"{name}, cold", timed(partial(fleet.judge_all, profile)))
        goal = GOAL_ALL if size == SIZES[-1] else None
        report(size, f"{name}, warm", timed(partial(fleet.judge_all, profile)), goal)
    each = [timed(partial(fleet.change_and_judge, RBAC_CONTROLS)) for _ in range(CHANGES)]
    print(
        f"{size:>10} one namespace after a role's change:"
        f" median {1e3 * statistics.median(each):.2f} ms, worst of {CHANGES}"
        f" {1e3 * max(each):.2f} ms{beside(statistics.median(each), GOAL_CHANGE)}"
    )


def report(size: int, what: str, seconds: float, goal: float | None = None) -> None:
    """One line."""
    told = "" if goal is None else beside(seconds, goal)
    print(f"{size:>10} {what:<34} {seconds:>8.3f} {1e3 * seconds / size:>8.3f}{told}")


def beside(seconds: float, goal: float) -> str:
    """The goal, and whether it is met: on a core that others use too, a miss proves nothing."""
    return f"  goal {goal:g} s: {'met' if seconds <= goal else 'MISSED'}"


def timed(work: Callable[[], None]) -> float:
    """Processor seconds."""
    started = time.process_time()
    work()
    return time.process_time() - started


class Fleet:
    """A cluster's objects as the informers hold them."""

    def __init__(self, size: int) -> None:
        """``size`` namespaces."""
        self.chance = random.Random(size)  # noqa: S311 - a benchmark's, no secret
        self.names = [f"team-{number:04}" for number in range(size)]
        records: dict[Evidence, list[Record]] = defaultdict(list)
        for name in self.names:
            for evidence, record in self._namespace(name):
                records[evidence].append(record)
        self.listed = {
            kind.evidence: Listed(kind, Store(namespaced=kind.namespaced)) for kind in CORE_KINDS
        }
        for evidence, held in records.items():
            self.listed[evidence].store.replace(held)
        rbac = index_of(entry for kind in RBAC_KINDS for entry in self.listed[kind.evidence].store)
        self.gathered = Gathered(self.listed, (), rbac, everywhere=True)
        self.checks: tuple[Check, ...] = load()

    def judge_all(self, profile: Profile) -> None:
        """Judge every namespace."""
        for name in self.names:
            self.judge(name, profile)

    def judge(self, namespace: str, profile: Profile) -> None:
        """Judge one."""
        tailoring = Tailoring(profile=profile)
        snapshot = self.gathered.snapshot(namespace)
        assess(snapshot, controls=CONTROLS, checks=self.checks, tailoring=tailoring)

    def change_and_judge(self, profile: Profile) -> None:
        """Change a Role, and judge all whom it concerns."""
        namespace = self.chance.choice(self.names)
        store = self.listed[Evidence.ROLES].store
        after = Role(_meta("role-0", namespace), self._rules())
        for change in store.apply(WatchEvent(EventType.MODIFIED, after, "1")):
            for each in self.gathered.rbac.take(change):
                self.judge(each, profile)

    def _namespace(self, name: str) -> Iterable[tuple[Evidence, Record]]:
        yield Evidence.NAMESPACES, Namespace(Meta(name, "", name, {}))
        for app in ("api", "worker"):
            spec = PodSpec(service_account=app)
            yield Evidence.SERVICE_ACCOUNTS, ServiceAccount(_meta(app, name))
            yield Evidence.DEPLOYMENTS, Workload("apps", "Deployment", _meta(app, name), {}, spec)
            owner = OwnerRef("apps", "Deployment", app, f"{name}/{app}")
            for number in range(5):
                meta = Meta(f"{app}-{number}", name, f"{name}/{app}/{number}", {}, owner)
                yield Evidence.PODS, Pod(meta, spec, "Running")
        for number in range(2):
            yield Evidence.ROLES, Role(_meta(f"role-{number}", name), self._rules())
        for number in range(4):
            role = RoleRef("Role", f"role-{number % 2}")
            yield (
                Evidence.ROLE_BINDINGS,
                self._binding(_meta(f"binding-{number}", name), role, name),
            )
        meta = Meta(name, "", name, {})
        yield Evidence.CLUSTER_ROLES, Role(meta, self._rules())
        role = RoleRef("ClusterRole", name)
        yield Evidence.CLUSTER_ROLE_BINDINGS, self._binding(meta, role, name)

    def _binding(self, meta: Meta, role: RoleRef, namespace: str) -> RoleBinding:
        kinds = (
            Subject("ServiceAccount", self.chance.choice(("api", "worker")), namespace),
            Subject("Group", "team"),
        )
        return RoleBinding(meta, role, (kinds[0], *self.chance.sample(kinds[1:], 1)))

    def _rules(self) -> tuple[PolicyRule, ...]:
        return tuple(self.chance.sample(RULES, self.chance.randint(1, 4)))


def _meta(name: str, namespace: str) -> Meta:
    return Meta(name, namespace, f"{namespace}/{name}", {})


if __name__ == "__main__":
    main()
