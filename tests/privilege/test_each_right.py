"""Each right of the shipped roles, dropped alone: exactly what it is said to be for is lost."""

from collections.abc import Callable

import pytest

from assessor.inventory.kinds import CORE_KINDS, Evidence
from tests.integration.kube import Json, condition, eventually
from tests.privilege.declared import AUTOMATED, mistaken
from tests.privilege.rights import SHIPPED, Right, rights
from tests.privilege.stage import WELL, Operator, Panel, Stage

EVIDENCE = {(kind.group, kind.plural): kind.evidence for kind in CORE_KINDS}
ALL = tuple(rights(SHIPPED))
OBSERVED = [right for right in ALL if right.action[:2] in EVIDENCE]
OWN = [right for right in ALL if right.action[:2] not in EVIDENCE]

OURS = ("kube-assessor.dev", "securityassessments")
STATUS = ("kube-assessor.dev", "securityassessments/status", "patch")
LEASES = ("coordination.k8s.io", "leases")


def test_every_automated_control_has_a_verdict_of_its_own(full: dict[str, Json]) -> None:
    """What is compared below can differ: each passes somewhere and fails somewhere else."""
    passed, failed = (
        {
            control["id"]
            for status in full.values()
            for control in status["controls"]
            if control["result"] == result
        }
        for result in ("Pass", "Fail")
    )
    notes_alone = {"WORKLOAD-12"}
    assert passed | notes_alone == AUTOMATED
    assert failed | notes_alone == AUTOMATED


@pytest.mark.parametrize("right", OBSERVED, ids=str)
def test_evidence(stage: Stage, full: dict[str, Json], right: Right) -> None:
    """Its controls are Unknown in every namespace, no other differs, and nothing else breaks."""
    lost = EVIDENCE[right.action[:2]]
    with stage.operator(right) as operator:
        statuses = stage.judged(operator)
        panel = stage.panel(operator)
    wrong = {
        namespace: found
        for namespace, status in statuses.items()
        if (found := mistaken(full[namespace], status, lost))
    }
    assert wrong == {}
    for namespace, status in statuses.items():
        evidence = condition(status, "EvidenceComplete")
        assert evidence["status"] == "False", namespace
        assert evidence["message"].startswith(f"Forbidden: {lost}."), namespace
    expected = WELL._replace(
        unusable=frozenset({right.action[:2]}), refused=frozenset({right.action})
    )
    assert panel == expected


@pytest.mark.parametrize("right", OWN, ids=str)
def test_a_feature(stage: Stage, full: dict[str, Json], right: Right) -> None:
    """What it is for breaks, which shows; verdicts are those of the full role, or not written."""
    before = _verdicts(stage.statuses())
    with stage.operator(right, lease=right.verb != "create") as operator:
        breaks = FEATURES[right.action](stage, operator)
        panel = eventually(lambda: (p := stage.panel(operator)).refused and p)
    assert panel == breaks._replace(refused=frozenset({right.action}))
    writes = panel.leading and panel.ready and not panel.writes_failed
    assert _verdicts(stage.statuses()) == (_verdicts(full) if writes else before)


def _verdicts(statuses: dict[str, Json]) -> dict[tuple[str, str], tuple[str, str, str]]:
    """By namespace and control, without since when."""
    return {
        (namespace, each["id"]): (each["result"], each["reason"], each.get("message", ""))
        for namespace, status in statuses.items()
        for each in status["controls"]
    }


def _judges_nothing(stage: Stage, operator: Operator) -> Panel:
    """It does not know what is asked for."""
    eventually(lambda: stage.panel(operator).leading)
    assert not operator.metric_sum("kube_assessor_coverage")
    return WELL._replace(ready=False, unusable=frozenset({OURS}))


def _writes_nothing(stage: Stage, operator: Operator) -> Panel:
    """A drift is seen and not told."""
    stage.open()
    eventually(lambda: stage.panel(operator).writes_failed)
    assert operator.said("assessment not written")
    stage.close()
    return WELL._replace(writes_failed=True)


def _tells_nothing(stage: Stage, operator: Operator) -> Panel:
    """Verdicts are right, and no Event tells of them."""
    stage.judged(operator)
    stage.forget_events()
    stage.drift()
    eventually(lambda: stage.panel(operator).events_lost)
    assert operator.said("event dropped")
    assert stage.event_counts() == set()
    return WELL._replace(events_lost=True)


def _counts_nothing(stage: Stage, operator: Operator) -> Panel:
    """An Event tells what happens for the first time, and not that it happened again."""
    stage.judged(operator)
    stage.forget_events()
    stage.drift()
    stage.drift()
    eventually(lambda: stage.panel(operator).events_lost)
    assert stage.event_counts() == {1}
    return WELL._replace(events_lost=True)


def _follows_no_definition(stage: Stage, operator: Operator) -> Panel:
    """All goes on; what would come late is only its own kind's definition."""
    stage.judged(operator)
    stage.drift()
    eventually(lambda: operator.said("customresourcedefinitions"))
    return WELL


def _leads_never(stage: Stage, operator: Operator) -> Panel:
    """It waits, and says why."""
    eventually(lambda: stage.panel(operator).refused)
    eventually(lambda: operator.said("leases.coordination.k8s.io"))
    return WELL._replace(leading=False)


def _looks_again_later(stage: Stage, operator: Operator) -> Panel:
    """It leads all the same, once it looks."""
    stage.judged(operator)
    return WELL


FEATURES: dict[tuple[str, str, str], Callable[[Stage, Operator], Panel]] = {
    (*OURS, "list"): _judges_nothing,
    (*OURS, "watch"): _judges_nothing,
    STATUS: _writes_nothing,
    ("", "events", "create"): _tells_nothing,
    ("", "events", "patch"): _counts_nothing,
    ("apiextensions.k8s.io", "customresourcedefinitions", "list"): _follows_no_definition,
    ("apiextensions.k8s.io", "customresourcedefinitions", "watch"): _follows_no_definition,
    (*LEASES, "create"): _leads_never,
    (*LEASES, "get"): _leads_never,
    (*LEASES, "patch"): _leads_never,
    (*LEASES, "watch"): _looks_again_later,
}
"""What breaks without each right that is for no evidence; a new one needs an entry."""


def test_evidence_comes_by_no_other_right() -> None:
    """Each kind that the code observes in any cluster is granted, with both verbs."""
    granted = {(right.action[:2], right.verb) for right in OBSERVED}
    assert granted == {(kind, verb) for kind in EVIDENCE for verb in ("list", "watch")}
    assert Evidence.SECRETS_IN_SOURCE.value not in {right.resource for right in ALL}
