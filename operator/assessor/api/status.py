"""The status of a SecurityAssessment: the verdict as the operator writes it."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from assessor.api.fields import (
    MAX_CONTROLS,
    MAX_FINDINGS,
    AnySeverity,
    ControlId,
    Count,
    Generation,
    Message,
    Percent,
    ReasonWord,
    Timestamp,
    WrittenModel,
    extra,
    text,
)

SECTIONS = 9
"""Sections of the checklist."""

REASONS = 8
"""Reasons for which nothing is said of a control; there are three."""


class ConditionStatus(StrEnum):
    """A condition's status, spelt as metav1.ConditionStatus."""

    TRUE = "True"
    FALSE = "False"
    UNKNOWN = "Unknown"


class ControlResult(StrEnum):
    """The result of one control."""

    PASS = "Pass"  # noqa: S105 - a verdict, not a password
    FAIL = "Fail"
    WAIVED = "Waived"
    UNKNOWN = "Unknown"
    NOT_APPLICABLE = "NotApplicable"
    ERROR = "Error"


class JudgedResult(StrEnum):
    """A result that was reached by judging."""

    PASS = "Pass"  # noqa: S105 - a verdict, not a password
    FAIL = "Fail"
    WAIVED = "Waived"


class VerdictBasis(StrEnum):
    """How a verdict is known."""

    OBSERVED = "Observed"
    REPORTED = "Reported"
    ATTESTED = "Attested"


class Condition(WrittenModel):
    """A metav1.Condition."""

    type: Annotated[str, text(64, pattern=r"^[A-Z][A-Za-z]+$")] = Field(
        description="Ready, Compliant or EvidenceComplete."
    )
    status: ConditionStatus = Field(description="True, False or Unknown.")
    observed_generation: Generation | None = Field(
        None, description="The metadata.generation that this condition speaks of."
    )
    last_transition_time: Timestamp = Field(description="When the status last changed.")
    reason: ReasonWord = Field(description="Why, in one word for machines.")
    message: Annotated[str, text(4096)] = Field(description="Why, in a sentence for people.")


class ResultCounts(WrittenModel):
    """How many controls have which result."""

    passed: Count = Field(alias="pass", description="Controls that passed.")
    fail: Count = Field(description="Controls that failed.")
    waived: Count = Field(description="Controls whose every finding is waived.")
    unknown: Count = Field(description="Controls that could not be judged.")
    not_applicable: Count = Field(description="Controls with nothing to judge here.")
    error: Count = Field(description="Controls with a check that raised an error.")


class FailingCounts(WrittenModel):
    """How many failing controls have which severity."""

    critical: Count = Field(description="Failing controls of severity Critical.")
    high: Count = Field(description="Failing controls of severity High.")
    medium: Count = Field(description="Failing controls of severity Medium.")
    low: Count = Field(description="Failing controls of severity Low.")


class SectionStatus(ResultCounts):
    """One of the checklist's nine sections."""

    name: Annotated[str, text(32, pattern=r"^[A-Z][A-Za-z]+$")] = Field(
        description="The section, such as Network."
    )
    score: Percent | None = Field(
        None, description="The section's score; absent while nothing in it could be judged."
    )


class ControlStatus(WrittenModel):
    """One control's verdict."""

    id: ControlId = Field(description="The control, such as NET-01.")
    result: ControlResult = Field(description="The verdict.")
    reason: ReasonWord = Field(
        description="Why: Findings, CheckFailed, Forbidden, NotInstalled, Stale, Waived,"
        " NoFindings, NoSubjects, Excluded and others."
    )
    severity: AnySeverity | None = Field(
        None,
        description="That of the worst failing finding; of a control that does not fail, its"
        " default.",
    )
    basis: VerdictBasis | None = Field(
        None,
        description="Observed: the operator read the objects itself. Reported: another tool says"
        " so. Attested: a person or pipeline vouches for it. Absent: nothing was looked at.",
    )
    evaluated: Count | None = Field(None, description="How many objects were examined.")
    failing: Count | None = Field(None, description="How many of them have a failing finding.")
    message: Message | None = Field(None, description="The verdict in a sentence.")
    since: Timestamp | None = Field(None, description="Since when the result has been this one.")
    last_result: JudgedResult | None = Field(
        None,
        description="While the result is Unknown or Error: what was judged last, which may be so no"
        " more. Absent: never judged.",
    )


class NotJudged(WrittenModel):
    """Controls of which nothing is said of this namespace, for one reason."""

    result: ControlResult = Field(
        description="NotApplicable, or Unknown where they would have to be judged."
    )
    reason: ReasonWord = Field(
        description="ClusterScope: a namespace does not decide them. NotInProfile: the profile does"
        " not name them. NotAutomated: no check judges them yet."
    )
    controls: Annotated[
        tuple[ControlId, ...],
        Field(max_length=MAX_CONTROLS, json_schema_extra=extra(list_type="atomic")),
    ] = Field(description="The controls, sorted by id.")


class FindingStatus(WrittenModel):
    """One problem on one object, with what to do about it."""

    check: Annotated[str, text(64, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")] = Field(
        description="The check that found it, named after the bad pattern."
    )
    control: ControlId = Field(description="The control that it bears on.")
    severity: AnySeverity = Field(description="How bad it is; Info fails nothing.")
    object: Annotated[str, text(512)] = Field(description="The object, such as Deployment/api.")
    path: Annotated[str, text(512)] | None = Field(
        None, description="The field, such as spec.template.spec.hostNetwork."
    )
    message: Message = Field(description="What is wrong.")
    remediation: Message = Field(description="What to do about it.")
    fingerprint: Annotated[str, text(16, pattern=r"^[0-9a-f]{16}$")] = Field(
        description="The finding's identity, which survives restarts, reordering and rewording."
    )


class SecurityAssessmentStatus(WrittenModel):
    """The verdict on this namespace."""

    observed_generation: Generation | None = Field(
        None, description="The metadata.generation that was judged."
    )
    conditions: (
        Annotated[
            tuple[Condition, ...],
            Field(max_length=32, json_schema_extra=extra(list_type="map", list_map_keys=["type"])),
        ]
        | None
    ) = Field(
        None,
        description="Ready: the assessment is current. Compliant: the verdict. EvidenceComplete:"
        " whether every kind it needs could be read.",
    )
    score: Percent | None = Field(
        None, description="0 to 100, weighted by severity; absent while nothing could be judged."
    )
    coverage: Percent | None = Field(
        None, description="Judged controls out of the applicable ones, in percent."
    )
    summary: ResultCounts | None = Field(None, description="How many controls have which result.")
    failing: FailingCounts | None = Field(
        None, description="How many failing controls have which severity."
    )
    sections: (
        Annotated[
            tuple[SectionStatus, ...],
            Field(max_length=SECTIONS, json_schema_extra=extra(list_type="atomic")),
        ]
        | None
    ) = Field(None, description="The same by section of the checklist.")
    controls: (
        Annotated[
            tuple[ControlStatus, ...],
            Field(max_length=MAX_CONTROLS, json_schema_extra=extra(list_type="atomic")),
        ]
        | None
    ) = Field(
        None,
        description="The verdicts, sorted by id. With those of notJudged they are the whole"
        " checklist.",
    )
    not_judged: (
        Annotated[
            tuple[NotJudged, ...],
            Field(max_length=REASONS, json_schema_extra=extra(list_type="atomic")),
        ]
        | None
    ) = Field(
        None,
        description="The controls of which nothing is said of this namespace, by reason: they are"
        " two thirds of the checklist, and what a status costs grows with its fields.",
    )
    findings: (
        Annotated[
            tuple[FindingStatus, ...],
            Field(max_length=MAX_FINDINGS, json_schema_extra=extra(list_type="atomic")),
        ]
        | None
    ) = Field(
        None,
        description="The problems found, worst first, at most spec.reporting.maxFindings.",
    )
    truncated: Count | None = Field(
        None,
        description="Findings that did not fit; `assessor assess` lists them all.",
    )
    last_assessed_time: Timestamp | None = Field(
        None, description="When the namespace was last judged in full."
    )
    next_assessment_time: Timestamp | None = Field(
        None, description="When it will be judged again at the latest."
    )
    last_change_time: Timestamp | None = Field(
        None, description="When the content of this status last changed."
    )
    catalogue: Annotated[str, text(32)] | None = Field(
        None, description="The version of the control catalogue that judged."
    )
