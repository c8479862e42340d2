"""The field types that the custom resources share, each with the bounds its CRD states."""

from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from assessor.api.durations import check_interval

MAX_CONTROLS = 64
"""Controls in the checklist; no list of controls is longer."""

MAX_FINDINGS = 200
"""The most findings that a status holds, whatever ``maxFindings`` asks."""

_INT32_MAX = 2**31 - 1


class ApiModel(BaseModel):
    """A part of a custom resource: camelCase in YAML, immutable, unknown fields ignored.

    The API server prunes unknown fields, so what is left of them here is a newer version's.
    """

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, frozen=True, extra="ignore"
    )


class WrittenModel(ApiModel):
    """A part that the operator writes: server-side apply refuses unknown fields, and so it does."""

    model_config = ConfigDict(extra="forbid")


class FailOn(StrEnum):
    """A severity that can fail a control."""

    LOW = "Low"
    MEDIUM = "Medium"
    HIGH = "High"
    CRITICAL = "Critical"


class AnySeverity(StrEnum):
    """How bad a finding is; Info is a note that fails nothing."""

    INFO = "Info"
    LOW = "Low"
    MEDIUM = "Medium"
    HIGH = "High"
    CRITICAL = "Critical"


def extra(**extensions: Any) -> dict[str, Any]:
    """Kubernetes' schema extensions, as in ``extra(list_type="atomic")``, for one field."""
    return {f"x-kubernetes-{name.replace('_', '-')}": value for name, value in extensions.items()}


def text(limit: int, *, pattern: str | None = None) -> Any:
    """Bound a string at ``limit`` characters, the whole of it matching ``pattern``."""
    return Field(max_length=limit, pattern=pattern)


_SPELT = "self.matches('^([0-9]{1,6}(h|m|s))+$')"
"""Six digits a part, in sixteen characters, keep CEL's duration() from overflowing."""

INTERVAL_RULES = [
    {
        "rule": _SPELT,
        "message": "must be hours, minutes and seconds such as 90s, 1h or 1h30m",
    },
    {
        "rule": f"!{_SPELT} || (duration(self) >= duration('1m')"
        " && duration(self) <= duration('720h'))",
        "message": "must be between 1m and 720h",
    },
]
"""CEL instead of a pattern: a pattern's error shows the expression, not what is meant."""

Count = Annotated[int, Field(ge=0, le=_INT32_MAX, json_schema_extra={"format": "int32"})]
Percent = Annotated[int, Field(ge=0, le=100, json_schema_extra={"format": "int32"})]
Generation = Annotated[int, Field(ge=0, json_schema_extra={"format": "int64"})]
Timestamp = AwareDatetime
ControlId = Annotated[str, text(16, pattern=r"^[A-Z]+-[0-9]{2}$")]
ControlPattern = Annotated[str, text(32, pattern=r"^[A-Z0-9*?-]+$")]
ReasonWord = Annotated[str, text(64, pattern=r"^[A-Z][A-Za-z]+$")]
Message = Annotated[str, text(1024)]
Interval = Annotated[
    str,
    text(16),
    Field(json_schema_extra=extra(validations=INTERVAL_RULES)),
    AfterValidator(check_interval),
]
