"""The error tree.

::

    AssessorError
    ├── InputError            something a person gave us cannot be used (exit code 2)
    │   └── SettingsError     a flag or environment variable
    ├── CatalogueError        the checks or controls contradict each other: a bug in this package
    ├── RecordError           an API object does not have the shape its kind promises
    └── ClusterError          the API server could not answer
        ├── OversizedError    the answer is longer than was asked for
        ├── UnreachableError  no connection, time-out, broken stream
        ├── ApiStatusError    it answered with an error status (``.code``, ``.reason``)
        │   ├── UnauthorizedError   401
        │   ├── ForbiddenError      403
        │   ├── NotFoundError       404
        │   ├── ConflictError       409
        │   ├── ExpiredError        410: a resource version or continue token is too old
        │   └── ThrottledError      429 (``.retry_after`` seconds)
        └── CredentialsError  no usable kubeconfig or service-account token

A client library's own exception is always chained as ``__cause__``.
"""


class AssessorError(Exception):
    """Anything that this package raises on purpose."""


class InputError(AssessorError):
    """A person's input cannot be used; the message says where and why."""


class SettingsError(InputError):
    """A flag or an environment variable cannot be used."""


class CatalogueError(AssessorError):
    """The catalogue contradicts itself, for example by two checks of one id."""


class RecordError(AssessorError):
    """An object's JSON does not have the shape that its kind promises."""


class ClusterError(AssessorError):
    """The API server could not answer."""


class UnreachableError(ClusterError):
    """No connection, a time-out, or a stream that broke."""


class OversizedError(ClusterError):
    """The answer is longer than whoever asked can hold; a smaller part may be asked for."""


class CredentialsError(ClusterError):
    """No usable kubeconfig, token or certificate."""


class ApiStatusError(ClusterError):
    """The API server answered with an error status."""

    def __init__(self, code: int, reason: str, message: str) -> None:
        """``code`` is the HTTP status, ``reason`` metav1.Status.reason, ``message`` its message."""
        super().__init__(f"{code} {reason}: {message}" if reason else f"{code}: {message}")
        self.code = code
        self.reason = reason
        self.message = message


class UnauthorizedError(ApiStatusError):
    """401: the credentials are not accepted (any more)."""


class ForbiddenError(ApiStatusError):
    """403: RBAC does not grant this."""


class NotFoundError(ApiStatusError):
    """404: no such object, or no such resource type."""


class ConflictError(ApiStatusError):
    """409: AlreadyExists or a lost update."""


class ExpiredError(ApiStatusError):
    """410: list again."""


class ThrottledError(ApiStatusError):
    """429: the server asks for patience."""

    def __init__(self, code: int, reason: str, message: str, retry_after: float) -> None:
        """``retry_after``: seconds to wait before the next try."""
        super().__init__(code, reason, message)
        self.retry_after = retry_after
