"""What was done: an authorized request, who made it, and when."""

from msgspec import Struct

from assessor.analysis.rbac.requests import Identity, Request


class Use(Struct, frozen=True):
    """One request that was authorized; ``at`` is seconds since the epoch.

    Whatever came of it: a request for an object that does not exist (404), that conflicts (409) or
    is invalid (422) was authorized before. ``sure`` is False for a right that was perhaps asked for
    besides, in a request's course.
    """

    identity: Identity
    request: Request
    at: float
    sure: bool = True
