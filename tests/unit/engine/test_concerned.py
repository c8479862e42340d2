"""Checks that tell where they may find anything are called there alone."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
import pytest

from assessor.catalogue.checklist import CONTROLS
from assessor.catalogue.checks import Check, Problem, Subjects, check
from assessor.engine.assess import assess
from assessor.engine.assessment import Result
from assessor.engine.tailoring import Tailoring
from assessor.inventory.network import NetworkPolicy
from assessor.inventory.snapshot import Snapshot
from assessor.kernel.refs import ObjectRef
from assessor.kernel.severity import Severity
from tests.unit import views
from tests.unit.engine.test_assess import FULL, net

SNAPSHOT = views.snapshot(network_policies=(views.policy("a"), views.policy("b")))
Table = Mapping[str, list[tuple[ObjectRef, Any]]]


def about_policies(called: list[str], **more: Any) -> Check:
    """A check that finds something on each policy that it is called with."""

    @check(
        "tiny",
        control="NET-01",
        severity=Severity.HIGH,
        over=Subjects.NETWORK_POLICIES,
        needs=frozenset(),
        remediation="Mend it.",
        **more,
    )
    def run(policy: NetworkPolicy, _: Snapshot) -> Iterator[Problem]:
        called.append(policy.meta.name)
        yield Problem("bad")

    return run


def only_b(snapshot: Snapshot) -> Table:
    """The second one."""
    _, policy = snapshot.network_policies
    ref = ObjectRef("networking.k8s.io", "NetworkPolicy", views.NAMESPACE, "b")
    return {"tiny": [(ref, policy)]}


def broken(_: Snapshot) -> Table:
    """Nobody can tell."""
    raise RuntimeError


@pytest.mark.parametrize(
    ("where", "called"), [(None, ["a", "b"]), (only_b, ["b"]), (broken, ["a", "b"])]
)
def test_a_check_is_called_where_it_may_find_something(where: Any, called: list[str]) -> None:
    """The others are judged by that, and counted; all are called where it cannot be told."""
    seen: list[str] = []
    tiny = about_policies(seen, where=where)
    snapshot = msgspec.structs.replace(SNAPSHOT)
    found = assess(snapshot, controls=CONTROLS, checks=(tiny,), tailoring=Tailoring(profile=FULL))
    assert seen == called
    verdict = net(found)
    assert (verdict.result, verdict.evaluated, verdict.failing) == (Result.FAIL, 2, len(called))


def test_nothing_is_found_where_nothing_may_be() -> None:
    """And that is a pass of all subjects."""
    tiny = about_policies([], where=lambda _: {})
    snapshot = msgspec.structs.replace(SNAPSHOT)
    found = assess(snapshot, controls=CONTROLS, checks=(tiny,), tailoring=Tailoring(profile=FULL))
    assert (net(found).result, net(found).evaluated) == (Result.PASS, 2)
