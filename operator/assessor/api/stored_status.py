"""What of a stored status can be read: any version, or anybody, may have written it.

The API server keeps what was stored under an older or a newer definition as it was stored. What
is no field of ours, or not of its type, is left out here: it is no history to go on from.
"""

from collections.abc import Mapping
from typing import Any

import msgspec
from pydantic import BaseModel, TypeAdapter, ValidationError

from assessor.api.fields import WrittenModel
from assessor.api.status import (
    Condition,
    ControlStatus,
    FindingStatus,
    NotJudged,
    SectionStatus,
    SecurityAssessmentStatus,
)

Status = dict[str, Any]

_LISTS: Mapping[str, type[WrittenModel]] = {
    "conditions": Condition,
    "controls": ControlStatus,
    "notJudged": NotJudged,
    "sections": SectionStatus,
    "findings": FindingStatus,
}
_FIELDS: Mapping[str, TypeAdapter[Any]] = {
    field.alias or name: TypeAdapter(field.rebuild_annotation())
    for name, field in SecurityAssessmentStatus.model_fields.items()
    if (field.alias or name) not in _LISTS
}
_UNREADABLE = (ValidationError, msgspec.MsgspecError, UnicodeError)


def readable(status: Mapping[str, Any]) -> Status:
    """The parts of ``status`` that are as they were defined; the same object where all are."""
    if _is_valid(SecurityAssessmentStatus, status) and _has_no_nulls(status):
        return status if isinstance(status, dict) else dict(status)
    kept: Status = {}
    for field, value in status.items():
        if field in _LISTS:
            if isinstance(value, list):
                kept[field] = _members(_LISTS[field], value)
        elif field in _FIELDS and value is not None and _fits(_FIELDS[field], value):
            kept[field] = value
    return kept


def _members(model: type[WrittenModel], values: list[Any]) -> list[Status]:
    """Those that can be read, without fields that are not ours."""
    known = {field.alias or name for name, field in model.model_fields.items()}
    ours = (
        {key: each for key, each in value.items() if key in known and each is not None}
        for value in values
        if isinstance(value, dict)
    )
    return [each for each in ours if _is_valid(model, each)]


def _has_no_nulls(status: Mapping[str, Any]) -> bool:
    """Absence is how a field has no value; a null of an optional field would be valid besides."""
    return None not in status.values() and not any(
        None in member.values() for field in _LISTS for member in status.get(field, ())
    )


def _is_valid(model: type[BaseModel], value: Mapping[str, Any]) -> bool:
    try:
        model.model_validate_json(msgspec.json.encode(value), strict=True)
    except _UNREADABLE:
        return False
    return True


def _fits(adapter: TypeAdapter[Any], value: Any) -> bool:
    try:
        adapter.validate_json(msgspec.json.encode(value), strict=True)
    except _UNREADABLE:
        return False
    return True
