"""Raw JSON from the API server or a file, read into the models."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from assessor.api.durations import parse_duration
from assessor.api.security_assessment import SecurityAssessmentSpec
from assessor.kernel.errors import InputError

__all__ = ["parse_duration", "parse_spec"]


def parse_spec(raw: Mapping[str, Any]) -> SecurityAssessmentSpec:
    """The spec of a SecurityAssessment, with defaults filled in; unknown fields are ignored.

    InputError names each field that cannot be used, its value's problem, and nothing else.
    """
    try:
        return SecurityAssessmentSpec.model_validate(raw)
    except ValidationError as error:
        problems = error.errors(include_url=False, include_context=False)
        raise InputError("; ".join(map(_describe, problems))) from error


def _describe(problem: ErrorDetails) -> str:
    message = problem["msg"].removeprefix("Value error, ")
    return f"{_path(problem['loc'])}: {message}"


def _path(location: tuple[int | str, ...]) -> str:
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in location)
    return "spec" + "".join(parts)
