"""One audit event, and the rights that it shows to have been used."""

from collections.abc import Iterator
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

from msgspec import Struct, field

from assessor.analysis.rbac.requests import (
    AUTHENTICATED,
    SERVICE_ACCOUNT_PREFIX,
    Identity,
    Request,
    user,
)
from assessor.analysis.rbac.uses import Use

DECISION = "authorization.k8s.io/decision"
AUTHENTICATION = "authentication.k8s.io"
REFUSED = (401, 403)
CREATED = 201
NAMED = "metadata.name="


class WireUser(Struct, rename="camel"):
    """user or impersonatedUser."""

    username: str = ""
    uid: str = ""
    groups: list[str] | None = None
    extra: dict[str, list[str] | None] | None = None


class WireObjectRef(Struct, rename="camel"):
    """What a request for a resource is about."""

    resource: str = ""
    namespace: str = ""
    name: str = ""
    api_group: str = ""
    subresource: str = ""


class WireStatus(Struct):
    """responseStatus."""

    code: int = 0


class WireEvent(Struct, rename="camel"):
    """An audit.k8s.io/v1 Event, as far as it is read."""

    kind: str = ""
    api_version: str = ""
    stage: str = ""
    verb: str = ""
    request_uri: str = field(name="requestURI", default="")
    user: WireUser = field(default_factory=WireUser)
    impersonated_user: WireUser | None = None
    object_ref: WireObjectRef | None = None
    response_status: WireStatus | None = None
    annotations: dict[str, str] | None = None
    at: str = field(name="requestReceivedTimestamp", default="")

    @property
    def is_event(self) -> bool:
        """Whether it is one at all; in an EventList the items need not say so."""
        return bool(self.stage and self.verb) and self.kind in ("", "Event")

    @property
    def is_answered(self) -> bool:
        """Whether the authorizer has spoken; of a request just received nobody knows."""
        return self.stage != "RequestReceived"

    @property
    def is_denied(self) -> bool:
        """Whether the request was refused for want of a right.

        A 403 that the authorizer did not decide is admission's: the right was there, and used.
        """
        if not self.is_answered:
            return False
        decision = (self.annotations or {}).get(DECISION)
        if decision:
            return decision != "allow"
        return self._code in REFUSED

    @property
    def created(self) -> bool:
        """Whether the request made an object."""
        return self._code == CREATED

    @property
    def _code(self) -> int:
        return self.response_status.code if self.response_status else 0


def uses_of(event: WireEvent) -> Iterator[Use]:
    """What was authorized of a request: itself, and the impersonation by which it was made.

    An update or patch that creates is authorized to create as well, under the object's name. A
    stream, such as a watch, is told when it begins and when it ends: twice the same.
    """
    if event.is_denied or not event.is_answered or not event.verb:
        return
    at = _seconds(event.at)
    acting = event.impersonated_user or event.user
    identity = _identity(acting)
    request = _request(event)
    yield Use(identity, request, at)
    if event.verb in ("update", "patch") and event.created:
        create = Request(
            "create",
            request.resource,
            request.group,
            request.subresource,
            request.namespace,
            request.name,
        )
        yield Use(identity, create, at)
    if event.impersonated_user:
        impersonator = _identity(event.user)
        for each in _impersonations(event.impersonated_user):
            yield Use(impersonator, each, at)


def _identity(who: WireUser) -> Identity:
    return Identity(who.username, frozenset(who.groups or ()))


def _request(event: WireEvent) -> Request:
    ref, parts = event.object_ref, urlsplit(event.request_uri)
    if ref is None or not ref.resource:
        return Request(event.verb, path=parts.path)
    name = ref.name
    if not name and event.verb in ("list", "watch"):
        name = _selected_name(parts.query)
    return Request(event.verb, ref.resource, ref.api_group, ref.subresource, ref.namespace, name)


def _selected_name(query: str) -> str:
    """The name that a list or watch selects: to the authorizer it is a request for that one."""
    for selector in parse_qs(query).get("fieldSelector", ()):
        for term in selector.split(","):
            value = term.strip().replace("==", "=")
            if value.startswith(NAMED):
                return value.removeprefix(NAMED)
    return ""


def _impersonations(who: WireUser) -> Iterator[Request]:
    """The rights that acting as somebody takes ("Authenticating", user impersonation).

    Groups that the API server adds by itself take none; one that was asked for besides looks the
    same and is not counted.
    """
    known = user(who.username)
    if who.username.startswith(SERVICE_ACCOUNT_PREFIX):
        _, _, rest = who.username.partition(SERVICE_ACCOUNT_PREFIX)
        namespace, _, name = rest.partition(":")
        yield Request("impersonate", "serviceaccounts", "", "", namespace, name)
    else:
        yield Request("impersonate", "users", "", "", "", who.username)
    for group in sorted(set(who.groups or ()) - known.groups - {AUTHENTICATED}):
        yield Request("impersonate", "groups", name=group)
    if who.uid:
        yield Request("impersonate", "uids", AUTHENTICATION, name=who.uid)
    for key, values in sorted((who.extra or {}).items()):
        for value in values or ():
            yield Request("impersonate", "userextras", AUTHENTICATION, key, name=value)


def _seconds(time: str) -> float:
    """Seconds since the epoch; 0 where the event tells no time that can be read."""
    try:
        return datetime.fromisoformat(time).timestamp()
    except ValueError:
        return 0.0
