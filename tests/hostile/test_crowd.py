"""Very many assessments in one namespace: they cost their owner, and nobody else.

ASSESSOR_CROWD=10000 makes as many as the issue names; the suite makes fewer, in the same ways.
"""

import json
import os
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from assessor.controller.assessments import MOST_JUDGED
from assessor.controller.schedule import AT_ONCE
from playground.operator_process import OperatorProcess
from tests.hostile.conftest import Neighbour
from tests.hostile.tenant import Tenant
from tests.integration.kube import ASSESSMENTS, Json, Kube, condition, eventually

SIZE = int(os.environ.get("ASSESSOR_CROWD", "1500"))  # noqa: TID251 - how many
MAKERS = 8
REST = 1.5
"""Seconds after which nothing is taken together with what was before (Schedule's cap)."""
MIB = 2**20
WEIGHT = 24 * 1024
"""Bytes of memory that one more assessment may take at most."""
DEPTH = "kube_assessor_queue_depth"
SERIES = "kube_assessor_"


def crowd(tenant: Tenant, size: int) -> None:
    """Make them, several at a time, the longest specs that there may be."""
    controls = {"include": ["*", *(f"NET-{number:02}" for number in range(1, 64))]}

    def one(number: int) -> None:
        tenant.assess(f"crowd-{number:05}", controls=controls, interval="1m")

    with ThreadPoolExecutor(MAKERS) as pool:
        list(pool.map(one, range(size)))


def listed(kube: Kube, namespace: str) -> list[Json]:
    """All assessments of a namespace, in pages."""
    path, found, token = f"{ASSESSMENTS.format(namespace)}?limit=500", [], ""
    while True:
        page = kube.call("GET", path + (f"&continue={token}" if token else ""))
        found += page["items"]
        token = page["metadata"].get("continue", "")
        if not token:
            return found


def reasons(kube: Kube, namespace: str) -> Counter[str]:
    """What Ready says of how many."""
    return Counter(
        condition(each.get("status", {}), "Ready").get("reason", "")
        for each in listed(kube, namespace)
    )


def series(operator: OperatorProcess, namespace: str) -> int:
    """How many samples speak of a namespace's assessments."""
    return operator.metrics().count(f'namespace="{namespace}"')


def overtaken(operator: OperatorProcess, begin: int, namespace: str) -> int:
    """How many verdicts the log tells, from a place on, before the first of a namespace.

    When a test sees a status is no measure: the machine may be busy. The line follows the status.
    """

    def told() -> list[str]:
        written, _, _ = operator.log.read_bytes()[begin:].rpartition(b"\n")
        lines = map(json.loads, written.splitlines())
        names = [line["namespace"] for line in lines if line["event"] == "assessment changed"]
        return names if namespace in names else []

    return eventually(told).index(namespace)


def test_a_crowd_keeps_no_neighbour_waiting(
    kube: Kube, tenant: Tenant, neighbour: Neighbour, operator: OperatorProcess
) -> None:
    """While it waits, a neighbour's change is seen; in the end the oldest few are judged.

    The others say why not, once. Each has its weight in memory, and none has a series.
    """
    before = operator.resident_bytes()
    tenant.assess("first")
    kube.judged(tenant.namespace, "first")
    time.sleep(1.1)  # ages are told in seconds
    begin = operator.log.stat().st_size
    operator.pause()
    crowd(tenant, SIZE)
    expected = neighbour.changes()
    operator.resume()
    neighbour.sees(expected)
    before_it = overtaken(operator, begin, neighbour.namespace)
    assert before_it < SIZE / 10, "the neighbour's change waited for the crowd"

    def settled() -> bool:
        return reasons(kube, tenant.namespace) == {
            "Assessed": MOST_JUDGED,
            "TooManyAssessments": SIZE + 1 - MOST_JUDGED,
        }

    eventually(lambda: operator.metric_sum(DEPTH) < MOST_JUDGED, within=SIZE / 10)
    eventually(settled, within=60)
    assert condition(tenant.status("first"), "Ready")["reason"] == "Assessed", "age before names"
    assert series(operator, tenant.namespace) <= 5 * MOST_JUDGED
    weight = operator.resident_bytes() - before
    assert weight < SIZE * WEIGHT + 16 * MIB
    print(f"{SIZE} assessments: {before_it} before it, {weight / MIB:.1f} MiB")  # noqa: T201 - figures
    # A change of the crowd's namespace is one for the few that are judged.
    writes = operator.metric_sum("kube_assessor_status_writes_total")
    tenant.kube.call(
        "POST",
        f"/api/v1/namespaces/{tenant.namespace}/serviceaccounts",
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "sa"}},
        token=tenant.token,
    )
    neighbour.is_served()
    assert operator.metric_sum("kube_assessor_status_writes_total") - writes <= 2 * MOST_JUDGED + 4
    # Where an older one goes, the next is judged.
    kube.delete(f"{ASSESSMENTS.format(tenant.namespace)}/first")
    eventually(lambda: reasons(kube, tenant.namespace)["Assessed"] == MOST_JUDGED)


def test_a_namespace_that_never_rests_keeps_no_neighbour_waiting(
    kube: Kube, tenant: Tenant, neighbour: Neighbour, operator: OperatorProcess
) -> None:
    """All its assessments change before a neighbour's one: few of them come before it.

    Each is a direct change, as the neighbour's is, and told by the same watch, so that the order of
    the log tells whose turn it was. Two of one namespace are judged at once; whoever is told of in
    the order of coming finds most of them before it.
    """
    names = [f"many-{number:02}" for number in range(MOST_JUDGED)]
    for name in names:
        tenant.assess(name)
    eventually(lambda: reasons(kube, tenant.namespace) == {"Assessed": MOST_JUDGED})
    path = "/apis/kube-assessor.dev/v1alpha1/namespaces/{}/securityassessments/{}"
    for interval in ("2h", "3h", "4h"):
        changed = {"spec": {"interval": interval}}
        time.sleep(REST)
        begin = operator.log.stat().st_size
        operator.pause()
        for name in names:
            tenant.merge(path.format(tenant.namespace, name), changed)
        kube.merge(path.format(neighbour.namespace, "baseline"), changed)
        operator.resume()
        assert overtaken(operator, begin, neighbour.namespace) <= 2 * AT_ONCE
