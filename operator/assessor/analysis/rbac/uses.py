"""What was done: an authorized request, who made it, and when."""

from msgspec import Struct

from assessor.analysis.rbac.requests import Identity, Request
from assessor.inventory.rbac import PolicyRule


class Given(Struct, frozen=True):
    """What a request for a role or binding gives on: ``rules``, or those of ``role``.

    ``role`` is the namespace, ``""`` for none, and name of the role that a binding grants, as it
    was ``at`` that time (RFC 3339). ``aggregated``: the controller fills in the rules.
    ``refused``: the request was, by the authorizer or admission.
    """

    rules: tuple[PolicyRule, ...] = ()
    aggregated: bool = False
    role: tuple[str, str] | None = None
    at: str = ""
    refused: bool = False


class Use(Struct, frozen=True):
    """One request that was authorized; ``at`` is seconds since the epoch.

    Whatever came of it: a request for an object that does not exist (404), that conflicts (409) or
    is invalid (422) was authorized before. ``sure`` is False for a right that was perhaps asked for
    besides, in a request's course. ``given``: of a write of a role or binding, if that is told.
    """

    identity: Identity
    request: Request
    at: float
    sure: bool = True
    given: Given | None = None
