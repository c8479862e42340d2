"""The rules of verdicts, score and compliance hold whatever the checks find, miss or raise."""

from collections.abc import Iterator
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct

from assessor.catalogue.checklist import CONTROLS
from assessor.catalogue.checks import Check, Problem, Subjects
from assessor.catalogue.profiles import BUILT_IN_PROFILES, Profile
from assessor.engine.assess import assess
from assessor.engine.assessment import Assessment, Reason, Result, Verdict
from assessor.engine.tailoring import Tailoring
from assessor.inventory.credentials import ConfigMap, SourceSecret
from assessor.inventory.kinds import Evidence
from assessor.inventory.snapshot import EvidenceGap, GapReason, Snapshot
from assessor.kernel.refs import ObjectRef
from assessor.kernel.severity import Severity
from tests.unit.views import NAMESPACE, account, bound, meta, pod, policy, role, snapshot

FULL = BUILT_IN_PROFILES["full"]
BASELINE = Profile(BUILT_IN_PROFILES["baseline"].controls)
"""With every check of its controls: those here are none of the real ones."""
DEFAULTS = {control.id: control.severity for control in CONTROLS}
POOL = ("NET-01", "AUTHZ-02", "WORKLOAD-09", "AUTHZ-07", "NODE-04")
"""Few controls, so that checks meet: of every default severity, one of them cluster-scoped."""
SEVERITIES = tuple(severity for severity in Severity if severity > Severity.INFO)
NEEDED = (Evidence.PODS, Evidence.NETWORK_POLICIES, Evidence.SERVICES)
ELSEWHERE = ObjectRef("", "ConfigMap", NAMESPACE, "shared")
LADDER = ("False", "Unknown", "True")
NOTHING: st.SearchStrategy[tuple[Any, ...]] = st.just(())

whatever = settings(deadline=None)


class Plan(Struct, frozen=True):
    """What one check does with each of its subjects."""

    control: str
    over: Subjects
    needs: frozenset[Evidence]
    severity: Severity
    problems: tuple[Problem, ...] = ()
    raises: bool = False
    absent: frozenset[Evidence] = frozenset()

    def check(self, number: int) -> Check:
        """The check that does it."""

        def run(_: Any, __: Snapshot) -> Iterator[Problem]:
            yield from self.problems
            if self.raises:
                raise RuntimeError

        words = ("Mend it.", "What it is.")
        card = (f"check-{number}", self.control, self.severity, self.over, self.needs)
        return Check(*card, *words, run, self.absent)


class World(Struct, frozen=True):
    """Everything that a verdict depends on."""

    snapshot: Snapshot
    plans: tuple[Plan, ...]
    tailoring: Tailoring

    def with_plan(self, plan: Plan) -> "World":
        """The same with one more check."""
        return msgspec.structs.replace(self, plans=(*self.plans, plan))


def problems(severities: tuple[Severity | None, ...]) -> st.SearchStrategy[Problem]:
    """Problems of few names, so that some are the same."""
    return st.builds(
        Problem,
        message=st.sampled_from(["bad", "worse"]),
        at=st.sampled_from(["", "spec"]),
        on=st.sampled_from([None, ELSEWHERE]),
        key=st.sampled_from(["", "key"]),
        severity=st.sampled_from(severities),
    )


def plans(
    severities: tuple[Severity | None, ...] = (None, *Severity),
) -> st.SearchStrategy[Plan]:
    """Checks with problems of these severities; None is the check's own."""
    found = st.lists(problems(severities), max_size=2).map(tuple)
    return st.builds(
        Plan,
        control=st.sampled_from(POOL),
        over=st.sampled_from([each for each in Subjects if each is not Subjects.DOCKERFILES]),
        needs=st.frozensets(st.sampled_from(NEEDED), max_size=2),
        severity=st.sampled_from(SEVERITIES),
        problems=st.one_of(NOTHING, found),
        raises=st.sampled_from([False, False, False, True]),
        absent=st.frozensets(st.sampled_from(NEEDED), max_size=1),
    )


@st.composite
def snapshots(draw: st.DrawFn) -> Snapshot:
    """Namespaces with up to two objects of each kind, and some kinds not readable."""
    gaps = draw(
        st.dictionaries(st.sampled_from(NEEDED), st.sampled_from(GapReason), max_size=2),
    )
    names = [f"o-{number}" for number in range(draw(st.integers(0, 2)))]
    made = snapshot(
        pods=tuple(map(pod, names)),
        network_policies=tuple(map(policy, names)),
        service_accounts=tuple(map(account, names)),
        roles=tuple(map(role, names)),
        role_bindings=tuple(map(bound, names)),
        config_maps=tuple(ConfigMap(meta(name)) for name in names),
        source_secrets=tuple(SourceSecret(meta(name)) for name in names),
    )
    told = {kind: EvidenceGap(kind, reason) for kind, reason in gaps.items()}
    return msgspec.structs.replace(made, gaps=told)


patterns = st.lists(st.sampled_from([*POOL, "NET-*", "AUTH*", "*"]), max_size=2).map(tuple)
severities = st.dictionaries(st.sampled_from(POOL), st.sampled_from(SEVERITIES), max_size=3)
tailorings = st.one_of(
    st.builds(Tailoring, profile=st.just(FULL), fail_on=st.sampled_from(SEVERITIES)),
    st.builds(
        Tailoring,
        profile=st.sampled_from([FULL, BASELINE, Profile(frozenset(POOL[:2]))]),
        include=st.one_of(NOTHING, NOTHING, patterns),
        exclude=st.one_of(NOTHING, patterns),
        severities=severities,
        fail_on=st.sampled_from(SEVERITIES),
    ),
)
plan_lists = st.lists(plans(), max_size=6).map(tuple)
worlds = st.builds(World, snapshots(), plan_lists, tailorings)


def judged(world: World) -> Assessment:
    """Assess a world."""
    checks = [plan.check(number) for number, plan in enumerate(world.plans)]
    return assess(world.snapshot, controls=CONTROLS, checks=checks, tailoring=world.tailoring)


def by_control(assessment: Assessment) -> dict[str, Verdict]:
    """The verdicts by control."""
    return {verdict.control: verdict for verdict in assessment.verdicts}


def blind(world: World, plan: Plan) -> bool:
    """Whether the check lacks evidence; where it judges no absence, partial evidence will do."""
    return any(
        world.snapshot.gaps[need].reason is not GapReason.PARTIAL or need in plan.absent
        for need in plan.needs & world.snapshot.gaps.keys()
    )


def has_subjects(world: World, plan: Plan) -> bool:
    """Whether the check is called at all."""
    return plan.over is Subjects.NAMESPACE or bool(world.snapshot.pods)


def failing(control: str, severity: Severity) -> Plan:
    """A check, without needs, that finds something of ``severity`` in each namespace."""
    problem = (Problem("bad", severity=severity),)
    return Plan(control, Subjects.NAMESPACE, frozenset(), Severity.HIGH, problem)


@whatever
@given(worlds)
def test_each_control_has_one_verdict(world: World) -> None:
    """All 64, sorted, and counted once each in the sums."""
    found = judged(world)
    assert [verdict.control for verdict in found.verdicts] == sorted(DEFAULTS)
    assert len(found.verdicts) == 64
    for result in Result:
        number = [verdict.result for verdict in found.verdicts].count(result)
        assert found.counts[result] == number
        assert sum(section.counts[result] for section in found.sections) == number
    assert sum(found.failing.values()) == found.counts[Result.FAIL]


@whatever
@given(worlds)
def test_missing_evidence_never_passes(world: World) -> None:
    """A control passes only where each of its checks had the evidence that it needs."""
    verdicts = by_control(judged(world))
    for plan in world.plans:
        if blind(world, plan):
            assert verdicts[plan.control].result is not Result.PASS


@whatever
@given(worlds)
def test_an_exception_never_passes(world: World) -> None:
    """A check that raised found nothing out, and neither is there nothing to examine."""
    verdicts = by_control(judged(world))
    for plan in world.plans:
        if plan.raises and has_subjects(world, plan) and not blind(world, plan):
            verdict = verdicts[plan.control]
            assert verdict.result is not Result.PASS
            assert verdict.reason is not Reason.NO_SUBJECTS


@whatever
@given(worlds)
def test_a_pass_has_looked_at_something(world: World) -> None:
    """And a control with no check at all is not judged."""
    automated = {plan.control for plan in world.plans}
    for verdict in judged(world).verdicts:
        if verdict.result is Result.PASS:
            assert verdict.evaluated > 0
        if verdict.control not in automated:
            assert verdict.result in (Result.UNKNOWN, Result.NOT_APPLICABLE)


@whatever
@given(worlds)
def test_a_failing_finding_fails_its_control_and_nothing_else_does(world: World) -> None:
    """The worst one gives the severity; findings exist only of controls that are judged."""
    found = judged(world)
    for verdict in found.verdicts:
        worst = max(
            (f.severity for f in found.findings if f.control == verdict.control),
            default=Severity.INFO,
        )
        assert (verdict.result is Result.FAIL) == (worst > Severity.INFO)
        expected = worst if verdict.result is Result.FAIL else DEFAULTS[verdict.control]
        assert verdict.severity == expected


@whatever
@given(worlds)
def test_nothing_that_was_found_is_lost(world: World) -> None:
    """A failing problem of a check that ran fails its control, whatever else was found."""
    found = judged(world)
    verdicts = by_control(found)
    for plan in world.plans:
        ran = has_subjects(world, plan) and not blind(world, plan) and not plan.raises
        if ran and any(problem.severity is not Severity.INFO for problem in plan.problems):
            expected = (Result.FAIL, Result.NOT_APPLICABLE)
            assert verdicts[plan.control].result in expected


@whatever
@given(snapshots(), st.lists(plans((Severity.INFO,)), max_size=6).map(tuple), tailorings)
def test_notes_fail_nothing(
    observed: Snapshot, noting: tuple[Plan, ...], tailoring: Tailoring
) -> None:
    """Info findings judge nothing, and no override makes more of them."""
    found = judged(World(observed, noting, tailoring))
    assert found.counts[Result.FAIL] == 0
    assert found.score in (None, 100)
    assert found.compliance.status != "False"
    assert {finding.severity for finding in found.findings} <= {Severity.INFO}


@whatever
@given(worlds)
def test_percentages_are_percentages(world: World) -> None:
    """There is a score where something passed or failed, and never a vacuous one."""
    found = judged(world)
    decided = found.counts[Result.PASS] + found.counts[Result.FAIL]
    assert (found.score is None) == (decided == 0)
    assert found.score is None or 0 <= found.score <= 100
    assert found.coverage is None or 0 <= found.coverage <= 100
    if decided:
        assert (found.score == 100) == (found.counts[Result.FAIL] == 0)


@whatever
@given(worlds, st.lists(st.sampled_from(SEVERITIES), min_size=2, max_size=3), st.sampled_from(POOL))
def test_a_failure_never_raises_the_score(
    world: World, severities: list[Severity], control: str
) -> None:
    """Of what is judged already; a control that was not judged brings its own weight along."""
    before = judged(world)
    for severity in severities:
        world = world.with_plan(failing(control, severity))
        after = judged(world)
        if by_control(before)[control].result in (Result.PASS, Result.FAIL):
            assert before.score is not None
            assert after.score is not None
            assert after.score <= before.score
        before = after


@whatever
@given(worlds, st.sampled_from(SEVERITIES), st.sampled_from(POOL))
def test_a_failure_never_makes_compliant(world: World, severity: Severity, control: str) -> None:
    """Also not by turning into a small failure what nobody could see."""
    before = judged(world).compliance.status
    after = judged(world.with_plan(failing(control, severity))).compliance.status
    assert LADDER.index(after) <= LADDER.index(before)


@settings(whatever, max_examples=400)
@given(worlds)
def test_compliant_means_looked_at_and_clean(world: World) -> None:
    """True: something passed, nothing failed that counts, and every check that counts ran."""
    found = judged(world)
    verdicts = by_control(found)
    fail_on = world.tailoring.fail_on
    failed = any(v.result is Result.FAIL and v.severity >= fail_on for v in found.verdicts)
    assert (found.compliance.status == "False") == failed
    if found.compliance.status != "True":
        return
    assert found.counts[Result.PASS] > 0
    for plan in world.plans:
        verdict = verdicts[plan.control]
        if DEFAULTS[plan.control] >= fail_on:
            assert verdict.result not in (Result.UNKNOWN, Result.ERROR)
            assert verdict.reason is not Reason.EXCLUDED
            if verdict.result is not Result.NOT_APPLICABLE or verdict.reason is Reason.NO_SUBJECTS:
                assert not blind(world, plan)
                assert not (plan.raises and has_subjects(world, plan))


@whatever
@given(worlds)
def test_tailoring_is_never_invisible(world: World) -> None:
    """A lowered severity or an exclusion is the reason that Compliant gives."""
    found = judged(world)
    lowered = any(s < DEFAULTS[c] for c, s in world.tailoring.severities.items())
    excluded = any(verdict.reason is Reason.EXCLUDED for verdict in found.verdicts)
    assert (found.compliance.reason == "Tailored") == (lowered or excluded)


@whatever
@given(worlds, st.randoms(use_true_random=False))
def test_the_order_of_what_is_seen_changes_nothing(world: World, chance: Any) -> None:
    """Objects, gaps, checks and controls come in any order; the result is the same."""

    def shuffled(items: Any) -> Any:
        return tuple(chance.sample(list(items), len(items)))

    seen = world.snapshot
    other = msgspec.structs.replace(
        seen,
        pods=shuffled(seen.pods),
        network_policies=shuffled(seen.network_policies),
        service_accounts=shuffled(seen.service_accounts),
        roles=shuffled(seen.roles),
        role_bindings=shuffled(seen.role_bindings),
        gaps=dict(shuffled(seen.gaps.items())),
    )
    checks = shuffled([plan.check(number) for number, plan in enumerate(world.plans)])
    again = assess(other, controls=shuffled(CONTROLS), checks=checks, tailoring=world.tailoring)
    assert again == judged(world)
