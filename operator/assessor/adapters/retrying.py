"""How writes are tried again: what is worth it, and how long to wait in between."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus

from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception,
    stop_after_attempt,
    wait_random_exponential,
)

from assessor.kernel.errors import ApiStatusError, ConflictError, ThrottledError, UnreachableError

Sleep = Callable[[float], Awaitable[None]]

LONGEST_PATIENCE = 30.0
"""Seconds: a Retry-After beyond this is cut, since whoever waits holds up a worker."""

_backoff = wait_random_exponential(multiplier=0.2, max=5.0)


def retrying(attempts: int, sleep: Sleep) -> AsyncRetrying:
    """Try what is transient ``attempts`` times in all; then its last error is raised."""
    return AsyncRetrying(
        retry=retry_if_exception(is_transient),
        stop=stop_after_attempt(attempts),
        wait=_wait,
        sleep=sleep,
        reraise=True,
    )


def is_transient(error: BaseException) -> bool:
    """Whether another try may succeed: no connection, 429, 5xx, or a lost race (409 Conflict).

    409 AlreadyExists stays one.
    """
    if isinstance(error, ConflictError):
        return error.reason == "Conflict"
    if isinstance(error, ApiStatusError):
        return isinstance(error, ThrottledError) or error.code >= HTTPStatus.INTERNAL_SERVER_ERROR
    return isinstance(error, UnreachableError)


def _wait(state: RetryCallState) -> float:
    """At least what the server asks for; jitter on top, or all come back at once."""
    error = state.outcome.exception() if state.outcome else None
    patience = error.retry_after if isinstance(error, ThrottledError) else 0.0
    return min(patience, LONGEST_PATIENCE) + _backoff(state)
