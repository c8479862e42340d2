"""What is read of objects as the API server sends them."""

import json
from typing import Any

import pytest

from assessor.analysis.policies import Direction, includes
from assessor.inventory.decoding import Interner, Record, decode_list
from assessor.inventory.kinds import CORE_KINDS, Evidence
from assessor.inventory.network import NetworkPolicy
from assessor.inventory.workloads import Pod, Workload

KINDS = {kind.evidence: kind for kind in CORE_KINDS}
TEMPLATE = {"template": {"spec": {"containers": [{"name": "app"}]}}}


def decoded(evidence: Evidence, *, metadata: Any = None, **fields: Any) -> Record:
    """The view of one object of the namespace `a`."""
    named = {"name": "o", "namespace": "a", "uid": "u"} | (metadata or {})
    listed = {"metadata": {"resourceVersion": "1"}, "items": [{"metadata": named} | fields]}
    page = decode_list(KINDS[evidence], json.dumps(listed).encode())
    assert not page.malformed
    (record,) = page.records
    return record


def job(*conditions: tuple[str, str]) -> Workload:
    """A Job that says so of itself."""
    told = [{"type": kind, "status": status, "reason": "R"} for kind, status in conditions]
    found = decoded(Evidence.JOBS, spec=TEMPLATE, status={"conditions": told})
    assert isinstance(found, Workload)
    return found


@pytest.mark.parametrize(
    ("conditions", "finished"),
    [
        ((), False),
        ((("Complete", "True"),), True),
        ((("Failed", "True"),), True),
        ((("SuccessCriteriaMet", "True"), ("Complete", "True")), True),
        ((("Complete", "False"),), False),
        ((("Suspended", "True"),), False),
        ((("FailureTarget", "True"),), False),
    ],
)
def test_a_job_says_when_it_has_finished(
    conditions: tuple[tuple[str, str], ...],
    finished: bool,  # noqa: FBT001 - a table
) -> None:
    """A suspended one waits, and one that is about to fail still has pods."""
    assert job(*conditions).finished is finished


def test_a_job_without_status_has_not_finished() -> None:
    """As it is just after its creation; nor has any other controller."""
    for evidence in (Evidence.JOBS, Evidence.DEPLOYMENTS):
        made = decoded(evidence, spec=TEMPLATE)
        assert isinstance(made, Workload)
        assert not made.finished


@pytest.mark.parametrize("types", [{}, {"policyTypes": []}, {"policyTypes": None}])
@pytest.mark.parametrize(
    ("rules", "egress"), [({}, False), ({"egress": []}, False), ({"egress": [{}]}, True)]
)
def test_empty_policy_types_are_defaulted(
    types: dict[str, Any],
    rules: dict[str, Any],
    egress: bool,  # noqa: FBT001 - a table
) -> None:
    """Ingress, and Egress where there are egress rules: the same as if the field were absent."""
    policy = decoded(Evidence.NETWORK_POLICIES, spec={"podSelector": {}} | types | rules)
    assert isinstance(policy, NetworkPolicy)
    assert includes(policy, Direction.INGRESS)
    assert includes(policy, Direction.EGRESS) is egress


def test_a_mirror_pod_says_so_by_an_annotation() -> None:
    """Of the kubelet; its value is a hash."""
    mirror = {"annotations": {"kubernetes.io/config.mirror": "3f9a"}}
    spec = {"containers": [{"name": "etcd"}]}
    marked = decoded(Evidence.PODS, metadata=mirror, spec=spec)
    plain = decoded(Evidence.PODS, metadata={"annotations": {"a": "b"}}, spec=spec)
    assert isinstance(marked, Pod)
    assert isinstance(plain, Pod)
    assert (marked.mirror, plain.mirror) == (True, False)


def test_equal_values_are_one() -> None:
    """Of strings, structs and labels, also across the change of generations."""
    interner = Interner(generation_size=3)
    first, labels = interner.share(("a", 1)), interner.labels({"app": "api"})
    for other in ("x", "y"):
        interner.share(other)
    assert interner.share(("a", 1)) is first
    assert interner.labels({"app": "api"}) is labels


def test_what_is_forgotten_everywhere_is_forgotten() -> None:
    """Pods come and go for years: at most two generations are remembered."""
    interner = Interner(generation_size=10)
    for number in range(1000):
        interner.share(f"value {number}")
        interner.labels({"pod": str(number)})
        assert len(interner) <= 20


def test_what_is_heavy_is_not_remembered_for_long() -> None:
    """Who makes and deletes large objects leaves two generations of some weight, and no more."""
    interner = Interner(heaviest=2**20)
    for number in range(100):
        interner.labels({f"key-{number}-{each}": "value" for each in range(1000)})
        assert len(interner) < 20
    shared = interner.share(("small", 1))
    assert interner.share(("small", 1)) is shared
