"""The engine's table of results, on tiny checks and on the real ones."""

from collections.abc import Iterator
from typing import Any

import msgspec

from assessor.catalogue.checklist import CONTROLS
from assessor.catalogue.checks import Check, Problem, Subjects, check
from assessor.catalogue.profiles import BUILT_IN_PROFILES
from assessor.checks.loading import load
from assessor.engine.assess import assess
from assessor.engine.assessment import Assessment, Reason, Result, Verdict
from assessor.engine.tailoring import Tailoring
from assessor.inventory.kinds import Evidence
from assessor.inventory.meta import Meta
from assessor.inventory.network import NetworkPolicy
from assessor.inventory.snapshot import EvidenceGap, GapReason, Snapshot
from assessor.inventory.workloads import Namespace
from assessor.kernel.severity import Severity
from tests.unit import views

FULL = BUILT_IN_PROFILES["full"]


def tiny(*problems: Problem, raises: bool = False, control: str = "NET-01") -> Check:
    """Make a check that needs pods and yields ``problems`` on the namespace."""

    @check(
        "tiny",
        control=control,
        severity=Severity.HIGH,
        over=Subjects.NAMESPACE,
        needs=frozenset({Evidence.PODS}),
        remediation="Mend it.",
    )
    def run(_: Any, __: Snapshot) -> Iterator[Problem]:
        yield from problems
        if raises:
            raise RuntimeError("the object's secret content")

    return run


def snapshot(*gaps: EvidenceGap) -> Snapshot:
    """Make an empty namespace with these gaps."""
    namespace = Namespace(Meta("payments", "", "u", {}))
    return Snapshot(namespace, gaps={gap.evidence: gap for gap in gaps})


def judged(*checks: Check, gaps: tuple[EvidenceGap, ...] = (), **tailoring: Any) -> Assessment:
    """Assess under the full profile unless told otherwise."""
    asked = Tailoring(**({"profile": FULL} | tailoring))
    return assess(snapshot(*gaps), controls=CONTROLS, checks=checks, tailoring=asked)


def net(assessment: Assessment) -> Verdict:
    """NET-01's verdict."""
    return next(v for v in assessment.verdicts if v.control == "NET-01")


FORBIDDEN = EvidenceGap(Evidence.PODS, GapReason.FORBIDDEN, "403")


def test_silence_over_readable_evidence_passes() -> None:
    """The namespace was looked at and nothing was found."""
    found = judged(tiny())
    assert (net(found).result, net(found).evaluated) == (Result.PASS, 1)
    assert found.score == 100
    assert found.compliance.status == "True"


def test_missing_evidence_is_unknown_and_scores_nothing() -> None:
    """Silence proves nothing where pods cannot be read."""
    found = judged(tiny(), gaps=(FORBIDDEN,))
    assert (net(found).result, net(found).reason) == (Result.UNKNOWN, Reason.FORBIDDEN)
    assert found.score is None
    assert found.compliance.status == "Unknown"


def test_all_missing_kinds_are_named_before_the_details() -> None:
    """What the API server says of one may be longer than a message."""
    gaps = (FORBIDDEN, EvidenceGap(Evidence.JOBS, GapReason.STALE))
    blind = msgspec.structs.replace(tiny(), needs=frozenset({Evidence.PODS, Evidence.JOBS}))
    assert net(judged(blind, gaps=gaps)).message == (
        "Not readable: jobs Stale, pods Forbidden. pods: 403"
    )


def test_a_finding_fails() -> None:
    """The weight that is lost is the finding's, of the control's default."""
    found = judged(tiny(Problem("bad")))
    assert net(found).result is Result.FAIL
    assert found.score == 50
    assert found.compliance.status == "False"
    assert len(found.findings[0].fingerprint) == 16


def test_a_note_does_not_fail() -> None:
    """Info findings are shown and judge nothing, whatever the tailoring."""
    note = Problem("note", severity=Severity.INFO)
    found = judged(tiny(note), severities={"NET-01": Severity.CRITICAL})
    assert net(found).result is Result.PASS
    assert found.findings[0].severity is Severity.INFO


def test_a_raising_check_is_its_controls_error_alone() -> None:
    """The reason is the exception's type; what it says may hold an object's content."""
    found = judged(tiny(raises=True), tiny(control="AUTHZ-02"))
    assert net(found).result is Result.ERROR
    assert "secret content" not in net(found).message
    assert found.counts[Result.PASS] == 1
    assert found.compliance.status == "Unknown"


def test_what_was_found_before_a_bug_stays_found() -> None:
    """A check that raises after it found something has found it."""
    found = judged(tiny(Problem("bad"), raises=True))
    assert net(found).result is Result.FAIL
    assert net(found).incomplete
    assert [finding.message for finding in found.findings] == ["bad"]


def test_a_bug_over_one_object_spares_the_others() -> None:
    """Whatever the order in which they are seen, what was found on each is the same."""

    @check(
        "tiny",
        control="NET-01",
        severity=Severity.HIGH,
        over=Subjects.NETWORK_POLICIES,
        needs=frozenset(),
        remediation="Mend it.",
    )
    def run(seen: NetworkPolicy, _: Snapshot) -> Iterator[Problem]:
        yield Problem("bad")
        if seen.meta.name == "odd":
            raise RuntimeError

    pair = (views.policy("odd"), views.policy("plain"))
    for policies in (pair, pair[::-1]):
        observed = views.snapshot(network_policies=policies)
        found = assess(observed, controls=CONTROLS, checks=[run], tailoring=Tailoring(profile=FULL))
        assert [finding.object.name for finding in found.findings] == ["odd", "plain"]
        assert net(found).incomplete


def test_a_perfect_score_is_one_without_a_loss() -> None:
    """The least failure among many passes keeps it below 100, and so does the coverage."""
    judged_controls = [control for control in CONTROLS if not control.cluster_only]
    passing = [tiny(control=control.id) for control in judged_controls[1:]]
    least = tiny(Problem("bad", severity=Severity.LOW), control=judged_controls[0].id)
    assert judged(*passing).score == 100
    assert judged(*passing).coverage == 97
    assert judged(least, *passing).score == 99
    assert judged(least, *passing).coverage == 100


def test_a_note_hides_no_failure() -> None:
    """Of two problems that are one finding the worse is kept."""
    note, failure = Problem("note", severity=Severity.INFO), Problem("bad")
    assert net(judged(tiny(note, failure))).result is Result.FAIL


def test_a_lesser_failure_hides_no_blindness() -> None:
    """A failure below failOn does not stand for a check that could not look or that raised."""
    low = msgspec.structs.replace(tiny(Problem("bad", severity=Severity.LOW)), needs=frozenset())
    passing = msgspec.structs.replace(tiny(control="AUTHZ-02"), needs=frozenset())
    assert judged(low, passing).compliance.status == "True"
    blind = judged(low, tiny(), passing, gaps=(FORBIDDEN,))
    assert net(blind).severity is Severity.LOW
    assert (blind.compliance.status, blind.compliance.reason) == ("Unknown", "EvidenceMissing")
    assert judged(low, tiny(raises=True), passing).compliance.status == "Unknown"


def test_errors_are_told_in_one_order() -> None:
    """Whichever check ran first."""
    first, second = tiny(raises=True), msgspec.structs.replace(tiny(raises=True), id="other")
    assert net(judged(first, second)).message == "other: RuntimeError; tiny: RuntimeError"
    assert judged(first, second) == judged(second, first)


def test_all_controls_appear_and_none_passes_unlooked() -> None:
    """Without checks nothing is judged, and there is no vacuous score."""
    found = judged()
    assert len(found.verdicts) == 64
    assert found.counts[Result.PASS] == 0
    assert found.score is None
    assert found.compliance.status == "Unknown"


def test_tailoring_is_visible() -> None:
    """An excluded automated control keeps the whole from being compliant, and says why."""
    found = judged(tiny(), tiny(control="AUTHZ-02"), exclude=("NET-*",))
    assert net(found).reason is Reason.EXCLUDED
    assert (found.compliance.status, found.compliance.reason) == ("Unknown", "Tailored")
    lowered = judged(tiny(Problem("bad")), severities={"NET-01": Severity.LOW})
    assert lowered.compliance.status == "Unknown", "nothing passed"
    assert lowered.compliance.reason == "Tailored"


def test_profile_leaves_out() -> None:
    """What the profile does not name is listed, and cluster-scoped controls say so."""
    found = judged(profile=BUILT_IN_PROFILES["baseline"])
    reasons = {v.control: v.reason for v in found.verdicts}
    assert reasons["WORKLOAD-09"] is Reason.NOT_IN_PROFILE
    assert reasons["NODE-04"] is Reason.CLUSTER_SCOPE


def test_what_only_notes_are_written_about_was_not_judged() -> None:
    """A check that can fail nothing supports no Pass, however many objects it looks at."""
    note = msgspec.structs.replace(tiny(Problem("note")), severity=Severity.INFO)
    found = judged(note)
    assert (net(found).result, net(found).reason) == (Result.NOT_APPLICABLE, Reason.NO_SUBJECTS)
    assert [finding.severity for finding in found.findings] == [Severity.INFO]
    assert (net(judged(note, tiny())).result, net(judged(note, tiny())).evaluated) == (
        Result.PASS,
        1,
    )


def test_nothing_runs_so_nothing_shares() -> None:
    """A namespace has its default account before its first pod: AUTHZ-02 has no subject yet."""
    deny = views.policy("deny", types=("Ingress", "Egress"))
    accounts = (views.account("default"), views.account("app"))
    empty = views.snapshot(network_policies=(deny,), service_accounts=accounts)
    found = assess(empty, controls=CONTROLS, checks=load(), tailoring=Tailoring(profile=FULL))
    results = {verdict.control: (verdict.result, verdict.reason) for verdict in found.verdicts}
    assert results["NET-01"][0] is Result.PASS
    assert results["AUTHZ-02"] == (Result.NOT_APPLICABLE, Reason.NO_SUBJECTS)


def test_the_real_checks_judge_an_empty_namespace() -> None:
    """A namespace without any policy fails NET-01."""
    found = judged(*load())
    assert net(found).result is Result.FAIL
    assert found.findings[0].check == "no-network-policy"
