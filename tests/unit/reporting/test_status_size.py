"""A status fits, and the CRD in crds/ takes it, whatever the texts in it and however many."""

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from assessor.catalogue.checklist import CATALOGUE_VERSION, CONTROLS
from assessor.catalogue.profiles import BUILT_IN_PROFILES
from assessor.engine.assess import assess
from assessor.engine.assessment import Assessment, Basis, Finding, Reason, Result, Verdict
from assessor.engine.tailoring import Tailoring
from assessor.inventory.kinds import Evidence
from assessor.inventory.meta import Meta
from assessor.inventory.snapshot import EvidenceGap, GapReason, Snapshot
from assessor.inventory.workloads import Namespace
from assessor.kernel.refs import ObjectRef
from assessor.kernel.severity import Severity
from assessor.reporting.status import (
    MAX_STATUS_BYTES,
    Ready,
    not_ready_status,
    render_status,
    suspended_status,
)

NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
CRD = Path(__file__).parents[3] / "crds" / "kube-assessor.dev_securityassessments.yaml"
BASE = assess(
    Snapshot(Namespace(Meta("payments", "", "u", {}))),
    controls=CONTROLS,
    checks=(),
    tailoring=Tailoring(profile=BUILT_IN_PROFILES["full"]),
)

pieces = st.one_of(
    st.sampled_from(["\N{UNICORN FACE}", '"', "\\", "\x00", "\n", "\x1b[31m", "\ud800", "\u202e"]),
    st.text(max_size=40),
)
texts = st.builds(lambda piece, times: piece * times, pieces, st.sampled_from([0, 1, 7, 200, 2000]))


@st.composite
def assessments(draw: st.DrawFn) -> Assessment:
    """Every control fails, with up to 400 findings, in texts of any kind and length."""
    told = st.shared(st.lists(texts, min_size=3, max_size=3), key="told")
    one, two, three = draw(told)
    verdicts = tuple(
        Verdict(c.id, Result.FAIL, Reason.FINDINGS, Severity.HIGH, 9, 9, one, Basis.OBSERVED)
        for c in CONTROLS
    )
    findings = tuple(_finding(number, one, two, three) for number in range(draw(counts)))
    gaps = tuple(EvidenceGap(kind, GapReason.FORBIDDEN, two) for kind in Evidence)
    verdict = msgspec.structs.replace(BASE.compliance, message=three)
    return msgspec.structs.replace(
        BASE, verdicts=verdicts, findings=findings, gaps=gaps, compliance=verdict
    )


counts = st.one_of(st.integers(0, 5), st.integers(0, 400))
limits = st.sampled_from([0, 1, 50, 200])


def _finding(number: int, name: str, message: str, path: str) -> Finding:
    ref = ObjectRef("", "Pod", "payments", name)
    print_ = f"{number:016x}"
    return Finding(
        "bad-pattern", "NET-01", Severity.HIGH, ref, message, message, print_, path, name
    )


def rendered(assessment: Assessment, limit: int) -> dict[str, Any]:
    """Render for the first time."""
    return render_status(
        assessment,
        ready=Ready("True", "Assessed", "The assessment is current."),
        generation=2**40,
        max_findings=limit,
        previous={},
        now=NOW,
        next_at=NOW,
        catalogue_version=CATALOGUE_VERSION,
    )


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    """The schema of a status, as it is installed."""
    crd = yaml.safe_load(CRD.read_text(encoding="utf-8"))
    root = crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
    status: dict[str, Any] = root["properties"]["status"]
    return status


def breaches(schema: dict[str, Any], value: Any, path: str = "status") -> Iterator[str]:
    """Where ``value`` breaks a limit that a structural schema can state."""
    match schema["type"]:
        case "object":
            fields = schema["properties"]
            missing = set(schema.get("required", ())) - value.keys()
            yield from (f"{path}: {name}" for name in missing | (value.keys() - fields.keys()))
            for name in value.keys() & fields.keys():
                yield from breaches(fields[name], value[name], f"{path}.{name}")
        case "array":
            if len(value) > schema["maxItems"]:
                yield f"{path}: {len(value)} items"
            for item in value:
                yield from breaches(schema["items"], item, f"{path}[]")
        case "string":
            short = len(value) <= schema.get("maxLength", 64)
            named = value in schema.get("enum", [value])
            if not (short and named and re.search(schema.get("pattern", ""), value)):
                yield f"{path}: {value!r}"
        case "integer":
            if not schema["minimum"] <= value <= schema.get("maximum", 2**63 - 1):
                yield f"{path}: {value}"
        case other:
            yield f"{path}: unexpected type {other}"


@settings(max_examples=40, deadline=None)
@given(assessment=assessments(), limit=limits)
def test_it_fits_and_the_crd_takes_it(
    schema: dict[str, Any], assessment: Assessment, limit: int
) -> None:
    """64 KiB at most, no limit broken, all controls there, and every missing finding counted."""
    status = rendered(assessment, limit)
    assert len(msgspec.json.encode(status)) <= MAX_STATUS_BYTES
    assert list(breaches(schema, status)) == []
    rest = sum(len(each["controls"]) for each in status["notJudged"])
    assert len(status["controls"]) + rest == 64
    assert len(status["findings"]) <= limit
    assert len(status["findings"]) + status["truncated"] == len(assessment.findings)


@settings(max_examples=40, deadline=None)
@given(assessment=assessments(), limit=limits)
def test_it_is_cut_from_the_tail_and_only_where_it_must(assessment: Assessment, limit: int) -> None:
    """The worst findings stay, and none is dropped while there is plenty of room."""
    status = rendered(assessment, limit)
    kept = [finding["fingerprint"] for finding in status["findings"]]
    assert kept == [finding.fingerprint for finding in assessment.findings[: len(kept)]]
    if len(kept) < min(limit, len(assessment.findings)):
        one_more = 20_000  # no finding is longer: five texts of up to 1,024 characters
        assert len(msgspec.json.encode(status)) + one_more > MAX_STATUS_BYTES or not kept


def test_too_many_findings_lose_the_least() -> None:
    """The worst stay, in their order; some fit and some do not, so that the cut is seen."""
    findings = tuple(_finding(number, "pod", "m" * 500, "p" * 500) for number in range(100))
    status = rendered(msgspec.structs.replace(BASE, findings=findings), 100)
    kept = [finding["fingerprint"] for finding in status["findings"]]
    assert 10 < len(kept) < 90
    assert kept == [finding.fingerprint for finding in findings[: len(kept)]]
    assert status["truncated"] == 100 - len(kept)
    one_more = len(msgspec.json.encode(status["findings"][0]))
    assert MAX_STATUS_BYTES - 2 * one_more < len(msgspec.json.encode(status)) <= MAX_STATUS_BYTES


@settings(max_examples=40, deadline=None)
@given(assessment=assessments(), told=texts)
def test_what_follows_it_fits_as_well(
    schema: dict[str, Any], assessment: Assessment, told: str
) -> None:
    """Suspended, it keeps its verdicts; not ready, it repeats a person's input."""
    status = rendered(assessment, 200)
    for following in (
        suspended_status(status, 2**41, NOW),
        not_ready_status(status, 2**41, NOW, "InvalidSpec", told),
    ):
        assert len(msgspec.json.encode(following)) <= MAX_STATUS_BYTES
        assert list(breaches(schema, following)) == []


def test_the_limits_are_looked_at(schema: dict[str, Any]) -> None:
    """The test above can fail."""
    finding = rendered(msgspec.structs.replace(BASE, findings=(_finding(1, "a", "b", "c"),)), 1)
    good = finding["findings"][0]
    for bad in (
        good | {"message": "m" * 1025},
        good | {"fingerprint": "xyz"},
        good | {"severity": "Terrible"},
        good | {"container": "app"},
        {"check": "bad-pattern"},
    ):
        assert list(breaches(schema, finding | {"findings": [bad]}))
    assert list(breaches(schema, finding | {"findings": [good] * 201}))
    assert list(breaches(schema, finding | {"truncated": -1}))
