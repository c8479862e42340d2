"""Root controllers: the same roots, whichever of their objects was seen first."""

from itertools import chain, combinations

import pytest
from msgspec import structs

from assessor.inventory.meta import Meta, OwnerRef
from assessor.inventory.ownership import RootController, root_controllers
from assessor.inventory.workloads import Pod, PodSpec, Workload
from tests.unit.views import NAMESPACE, pod

APP = PodSpec(service_account="app")
OTHER = PodSpec(service_account="other")
ROLLOUT = OwnerRef("argoproj.io", "Rollout", "web", "r")


def owner(group: str, kind: str, name: str) -> OwnerRef:
    """A controlling owner."""
    return OwnerRef(group, kind, name, name)


def workload(
    group: str, kind: str, name: str, by: OwnerRef | None = None, spec: PodSpec = APP
) -> Workload:
    """A controller, and who made it."""
    return Workload(group, kind, Meta(name, NAMESPACE, name, {}, by), {}, spec)


def job(name: str, by: OwnerRef | None = None, *, finished: bool = False) -> Workload:
    """A Job."""
    return structs.replace(workload("batch", "Job", name, by), finished=finished)


def replica_set(name: str, by: OwnerRef | None = None, spec: PodSpec = APP) -> Workload:
    """A ReplicaSet."""
    return workload("apps", "ReplicaSet", name, by, spec)


def of(name: str, kind: str, of_: str, spec: PodSpec = APP) -> Pod:
    """A pod, and what made it."""
    return pod(name, spec, owner("batch" if kind == "Job" else "apps", kind, of_))


def named(*objects: Workload | Pod) -> list[str]:
    """The roots of these objects."""
    return [str(root.ref) for root in roots(*objects)]


def roots(*objects: Workload | Pod) -> tuple[RootController, ...]:
    """The same, whole."""
    return root_controllers(
        [each for each in objects if isinstance(each, Workload)],
        [each for each in objects if isinstance(each, Pod)],
    )


CRON_JOB = workload("batch", "CronJob", "nightly")
DEPLOYMENT = workload("apps", "Deployment", "api")
CHAINS = {
    "CronJob/nightly": (
        CRON_JOB,
        job("nightly-29", owner("batch", "CronJob", "nightly")),
        of("nightly-29-x", "Job", "nightly-29"),
    ),
    "Deployment/api": (
        DEPLOYMENT,
        replica_set("api-5f6", owner("apps", "Deployment", "api")),
        of("api-5f6-x", "ReplicaSet", "api-5f6"),
    ),
}


@pytest.mark.parametrize("root", CHAINS)
def test_each_order_of_arrival_has_one_root(root: str) -> None:
    """Kinds are watched one by one: whatever is not seen yet, nothing is counted twice."""
    chain_ = CHAINS[root]
    subsets = chain.from_iterable(combinations(chain_, n) for n in range(1, len(chain_) + 1))
    for seen in subsets:
        assert len(named(*seen)) == 1
        if chain_[0] in seen or chain_[1] in seen:
            assert named(*seen) == [root]


def test_a_job_that_was_started_by_hand_belongs_to_the_cron_job_it_was_made_from() -> None:
    """Its name tells nothing, and what its pods run is what the CronJob runs."""
    manual = of("manual-x", "Job", "manual")
    assert named(CRON_JOB, manual) == ["CronJob/nightly"]
    assert named(CRON_JOB, of("manual-x", "Job", "manual", OTHER)) == [
        "CronJob/nightly",
        "Job/manual",
    ]


def test_an_owner_that_is_never_seen_hides_nothing() -> None:
    """Its pods are judged under its name, as one root, for as long as they live."""
    pods = (of("x-1", "Job", "x"), of("x-2", "Job", "x", OTHER))
    (root,) = roots(*pods)
    assert str(root.ref) == "Job/x"
    assert root.pods == pods
    assert named(of("y-1", "StatefulSet", "y")) == ["StatefulSet/y"]


def test_a_name_is_taken_for_an_owners_only_where_that_is_seen() -> None:
    """A ReplicaSet may be called what it likes."""
    assert named(of("a-b-x", "ReplicaSet", "a-b")) == ["ReplicaSet/a-b"]
    assert named(workload("apps", "StatefulSet", "a"), of("a-b-x", "ReplicaSet", "a-b")) == [
        "ReplicaSet/a-b",
        "StatefulSet/a",
    ]
    assert named(workload("apps", "Deployment", "a"), replica_set("a-b")) == [
        "Deployment/a",
        "ReplicaSet/a-b",
    ], "an owner is guessed of what is not seen, never of what says that it has none"


def test_what_a_deleted_deployment_leaves_is_one_root_until_it_is_gone() -> None:
    """Its old ReplicaSets share nothing with each other; what still runs is what is shown."""
    by = owner("apps", "Deployment", "api")
    left = (replica_set("api-1", by, OTHER), replica_set("api-2", by))
    (root,) = roots(*left, of("api-1-x", "ReplicaSet", "api-1", OTHER))
    assert str(root.ref) == "Deployment/api"
    assert root.spec == OTHER
    assert len(root.pods) == 1


def test_orphans_stand_for_themselves() -> None:
    """An owner that is deleted with its dependents orphaned is taken out of their references."""
    assert named(replica_set("api-1"), replica_set("api-2")) == [
        "ReplicaSet/api-1",
        "ReplicaSet/api-2",
    ]


def test_revisions_of_one_custom_owner_are_one_root() -> None:
    """An Argo Rollout's, whose name stays when the ReplicaSets' change."""
    old, new = replica_set("web-1", ROLLOUT, OTHER), replica_set("web-2", ROLLOUT)
    running = of("web-2-x", "ReplicaSet", "web-2")
    (root,) = roots(old, new, running)
    assert (str(root.ref), root.ref.group) == ("Rollout/web", "argoproj.io")
    assert root.system == ROLLOUT
    assert root.spec == APP
    assert root.pods == (running,)


def test_other_parts_of_one_custom_owner_stay_apart() -> None:
    """Two StatefulSets of a database have two templates to mend."""
    by = OwnerRef("example.test", "Database", "main", "d")
    found = roots(*(workload("apps", "StatefulSet", name, by) for name in ("primary", "replica")))
    assert [str(root.ref) for root in found] == ["StatefulSet/primary", "StatefulSet/replica"]
    assert [root.system for root in found] == [by, by]


def test_a_finished_job_is_no_workload() -> None:
    """It will not run again; while a pod of it still does, it counts."""
    done = job("migrate-1", finished=True)
    assert named(done, job("migrate-2", finished=True)) == []
    assert named(done, job("migrate-2")) == ["Job/migrate-2"]
    assert named(done, of("migrate-1-x", "Job", "migrate-1")) == ["Job/migrate-1"]
    by = owner("batch", "CronJob", "nightly")
    assert named(job("nightly-1", by, finished=True)) == []


@pytest.mark.parametrize("phase", ["Succeeded", "Failed"])
def test_a_finished_pod_is_no_workload(phase: str) -> None:
    """Neither phase runs again."""
    assert named(structs.replace(pod("done"), phase=phase)) == []
    assert named(structs.replace(pod("runs"), phase="Running")) == ["Pod/runs"]


def test_a_mirror_pod_is_no_workload() -> None:
    """The kubelet made it of a file on its node; the namespace's owner cannot change it."""
    assert named(structs.replace(pod("etcd-node-1"), mirror=True)) == []


def test_a_circle_of_owners_is_one_root() -> None:
    """Nobody makes one by accident, and nobody shall hide by one."""
    first = replica_set("a", owner("apps", "ReplicaSet", "b"))
    second = replica_set("b", owner("apps", "ReplicaSet", "a"))
    below = replica_set("c", owner("apps", "ReplicaSet", "b"))
    for order in ((first, second, below), (below, second, first)):
        (root,) = roots(*order, of("b-x", "ReplicaSet", "b"))
        assert str(root.ref) == "ReplicaSet/a"
        assert len(root.pods) == 1
    assert named(replica_set("a", owner("apps", "ReplicaSet", "a"))) == ["ReplicaSet/a"]


def test_pods_of_jobs_that_nobody_sees_are_compared_with_no_more_than_their_like() -> None:
    """A tenant may make any number of both: it is looked up what a pod runs."""
    compared = 0

    class Watched(PodSpec, frozen=True, gc=False, cache_hash=True):
        def __eq__(self, other: object) -> bool:
            nonlocal compared
            compared += 1
            return self is other

        __hash__ = PodSpec.__hash__

    made = [
        workload("batch", "CronJob", f"c{n:03}", spec=Watched(service_account=f"a{n}"))
        for n in range(100)
    ]
    pods = [of(f"p{n}", "Job", f"unseen{n}", Watched(service_account=f"a{n}")) for n in range(100)]
    roots(*made, *pods)
    assert compared < 1000
