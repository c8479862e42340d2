"""What an error says of the stream that it ended."""

from assessor.inventory.decoding import WatchEvent
from assessor.kernel.errors import (
    ApiStatusError,
    ClusterError,
    CredentialsError,
    ExpiredError,
    ForbiddenError,
    NotFoundError,
    RecordError,
    ThrottledError,
    UnauthorizedError,
    UnreachableError,
)

SERVER_ERROR = 500

STATUS_ERRORS: dict[int, type[ApiStatusError]] = {
    401: UnauthorizedError,
    403: ForbiddenError,
    404: NotFoundError,
    410: ExpiredError,
}
"""ERROR events whose code means what it means as an HTTP status."""


def of_event(event: WatchEvent) -> ApiStatusError:
    """The error that an ERROR event tells."""
    error = STATUS_ERRORS.get(event.code, ApiStatusError)
    return error(event.code, event.reason, event.message)


def may_resume(error: ClusterError | RecordError) -> bool:
    """Whether the stream may go on where it ended: only if the error says nothing about it.

    A garbled line, an expired or refused version, or an answer of unknown meaning says: list.
    """
    if isinstance(error, UnreachableError | ThrottledError | UnauthorizedError | CredentialsError):
        return True
    return isinstance(error, ApiStatusError) and error.code >= SERVER_ERROR
