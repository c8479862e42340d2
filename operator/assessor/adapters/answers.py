"""Answers of the API server: of the shape that is expected, or as the kernel's errors."""

from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TypeVar

import msgspec
from msgspec import Struct, field

from assessor.kernel.errors import (
    ApiStatusError,
    ConflictError,
    ExpiredError,
    ForbiddenError,
    NotFoundError,
    RecordError,
    ThrottledError,
    UnauthorizedError,
)

T = TypeVar("T")

UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError)

DEFAULT_RETRY_AFTER = 1.0
"""Seconds of patience where a 429 does not say how long."""

_ERRORS: dict[int, type[ApiStatusError]] = {
    HTTPStatus.UNAUTHORIZED: UnauthorizedError,
    HTTPStatus.FORBIDDEN: ForbiddenError,
    HTTPStatus.NOT_FOUND: NotFoundError,
    HTTPStatus.CONFLICT: ConflictError,
    HTTPStatus.GONE: ExpiredError,
}


class _Details(Struct, rename="camel"):
    retry_after_seconds: int = 0


class _Status(Struct):
    """metav1.Status; a proxy in between may answer anything else."""

    reason: str = ""
    message: str = ""
    details: _Details | None = field(default=None)


def read_as(shape: type[T], answer: bytes, what: str) -> T:
    """An answer of this shape; RecordError, with ``what`` it is of, where it is another."""
    try:
        return msgspec.json.decode(answer, type=shape)
    except UNREADABLE as error:
        raise RecordError(f"{what}: {error}") from error


def status_error(
    code: int, body: bytes, headers: Mapping[str, str], now: datetime
) -> ApiStatusError:
    """Make the error that an answer means; ``now`` is what a Retry-After date is compared with."""
    status = _decode(body)
    message = status.message or _phrase(code)
    if code == HTTPStatus.TOO_MANY_REQUESTS:
        return ThrottledError(
            code, status.reason, message, _patience(headers.get("Retry-After"), status, now)
        )
    return _ERRORS.get(code, ApiStatusError)(code, status.reason, message)


def _decode(body: bytes) -> _Status:
    try:
        return msgspec.json.decode(body, type=_Status)
    except UNREADABLE:
        return _Status()


def _phrase(code: int) -> str:
    try:
        return HTTPStatus(code).phrase
    except ValueError:
        return "unknown status"


def _patience(header: str | None, status: _Status, now: datetime) -> float:
    """Seconds from Retry-After, a number or a date (RFC 9110, 10.2.3), else from the Status."""
    if header:
        try:
            return max(0.0, float(int(header)))
        except ValueError:
            pass
        try:
            return max(0.0, (parsedate_to_datetime(header) - now).total_seconds())
        except (ValueError, TypeError):
            pass
    return float(status.details.retry_after_seconds if status.details else 0) or DEFAULT_RETRY_AFTER
