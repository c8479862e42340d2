"""SecurityAssessment v1alpha1: what a person asks for. Its status is in ``status``."""

import re
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from assessor.api.durations import parse_duration
from assessor.api.fields import (
    MAX_CONTROLS,
    MAX_FINDINGS,
    ApiModel,
    ControlPattern,
    FailOn,
    Interval,
    extra,
    text,
)
from assessor.api.status import SecurityAssessmentStatus

GROUP = "kube-assessor.dev"
VERSION = "v1alpha1"
KIND = "SecurityAssessment"
PLURAL = "securityassessments"

_CONTROL_ID = re.compile(r"[A-Z]+-[0-9]{2}", re.ASCII)


def _check_ids(severities: dict[str, FailOn]) -> dict[str, FailOn]:
    for control in severities:
        if not _CONTROL_ID.fullmatch(control):
            raise ValueError(f"{control!r} is not a control id such as WORKLOAD-09")
    return severities


Patterns = Annotated[
    tuple[ControlPattern, ...],
    Field(max_length=MAX_CONTROLS, json_schema_extra=extra(list_type="atomic")),
]
Severities = Annotated[
    dict[Annotated[str, text(16)], FailOn],
    Field(max_length=MAX_CONTROLS),
    AfterValidator(_check_ids),
]


_DEFAULT_TO_DEFAULTS: dict[str, Any] = {"default": {}}
"""The API server then fills an absent object in from the defaults of its fields."""


class EventMode(StrEnum):
    """Which Events are written."""

    TRANSITIONS = "Transitions"


# A factory instead of a default keeps what is empty out of the CRD's defaults: the API server then
# does not write empty lists into the user's object.
class ControlSelection(ApiModel):
    """Tailoring on top of the profile; what it changes shows as reason Tailored."""

    include: Patterns = Field(
        default_factory=tuple,
        description="Ids or globs (NET-*) of the controls to judge; empty means the profile's.",
    )
    exclude: Patterns = Field(
        default_factory=tuple,
        description="Ids or globs of the controls to leave out; they show as NotApplicable with"
        " reason Excluded.",
    )
    severities: Severities = Field(
        default_factory=dict,
        description="Severities by control id that override those of all its findings.",
        json_schema_extra=extra(
            validations=[
                {
                    "rule": "self.all(id, id.matches('^[A-Z]+-[0-9]{2}$'))",
                    "message": "keys must be control ids such as WORKLOAD-09",
                }
            ]
        ),
    )


class Reporting(ApiModel):
    """How results are told."""

    events: EventMode = Field(
        EventMode.TRANSITIONS,
        description="Transitions: an Event on the assessment whenever a verdict changes.",
    )
    max_findings: Annotated[int, Field(strict=True)] = Field(
        50,
        ge=0,
        le=MAX_FINDINGS,
        description="The most findings kept in status; the worst come first, and"
        " status.truncated counts the rest.",
        json_schema_extra={"format": "int32"},
    )


class SecurityAssessmentSpec(ApiModel):
    """What to judge in this namespace, and how strictly."""

    profile: Annotated[str, text(63, pattern=r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?$")] = Field(
        "restricted",
        description="The profile that names the controls to judge; built in are baseline,"
        " restricted, full, and the Pod Security Standards alone: pss-baseline, pss-restricted.",
    )
    fail_on: FailOn = Field(
        FailOn.HIGH,
        description="The lowest severity whose failure makes the namespace non-compliant.",
    )
    controls: ControlSelection = Field(
        default_factory=ControlSelection,
        description="Tailoring on top of the profile: which controls, and how severe.",
    )
    interval: Interval = Field(
        "1h",
        description="How often everything is judged again even without a change, in hours,"
        " minutes and seconds: 1m to 720h.",
    )
    suspend: Annotated[bool, Field(strict=True)] = Field(
        False,
        description="Stop judging; Compliant becomes Unknown and nothing else is touched.",
    )
    reporting: Reporting = Field(
        default_factory=Reporting,
        description="Which Events are written and how many findings are kept.",
        json_schema_extra=_DEFAULT_TO_DEFAULTS,
    )

    @property
    def period(self) -> timedelta:
        """``interval`` as a length of time."""
        return parse_duration(self.interval)


class SecurityAssessment(ApiModel):
    """A namespace's security, judged continuously against the 64-item checklist."""

    spec: SecurityAssessmentSpec = Field(
        default_factory=SecurityAssessmentSpec,
        description="What to judge in this namespace, and how strictly.",
        json_schema_extra=_DEFAULT_TO_DEFAULTS,
    )
    status: SecurityAssessmentStatus | None = Field(
        None, description="The verdict, written by the operator."
    )
