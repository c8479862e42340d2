"""One audit event, and the rights that it shows to have been used."""

import re
from collections.abc import Iterator
from datetime import datetime
from urllib.parse import parse_qs, unquote

import msgspec
from msgspec import Struct, field

from assessor.adapters.audit_objects import Written, given_by
from assessor.analysis.rbac.requests import (
    AUTHENTICATED,
    SERVICE_ACCOUNT_PREFIX,
    Identity,
    Request,
    user,
)
from assessor.analysis.rbac.uses import Given, Use
from assessor.inventory.rbac import RBAC_GROUP

DECISION = "authorization.k8s.io/decision"
AUTHENTICATION = "authentication.k8s.io"
CONSTRAINED, CONSTRAINED_ON = "impersonate:", "impersonate-on:"
NODE_PREFIX = "system:node:"
ALL_NODES = "*"
"""The name by which the API server asks for the node that an account's own pod is on."""
REFUSED = (401, 403)
CREATED = 201
BAD_REQUEST = 400
NOTHING_CREATED = (404, 409)
"""An update or patch of what does not exist, and a conflict with what does."""
STREAMS = ("pods/exec", "pods/attach", "pods/portforward")
WRITES = ("create", "update", "patch")
NAMED = "metadata.name="
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z", re.ASCII)
"""MicroTime, as the API writes it."""


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


class WireAuthentication(Struct, rename="camel"):
    """authenticationMetadata."""

    impersonation_constraint: str = ""
    """The verb by which constrained impersonation allowed it (KEP-5284); else empty."""


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
    authentication_metadata: WireAuthentication | None = None
    object_ref: WireObjectRef | None = None
    response_status: WireStatus | None = None
    annotations: dict[str, str] | None = None
    at: str = field(name="requestReceivedTimestamp", default="")
    request_object: msgspec.Raw = field(default_factory=msgspec.Raw)
    response_object: msgspec.Raw = field(default_factory=msgspec.Raw)

    @property
    def is_event(self) -> bool:
        """Whether it is one at all; in an EventList the items need not say so."""
        return bool(self.stage and self.verb) and self.kind in ("", "Event")

    @property
    def seconds(self) -> float | None:
        """When it was received, since the epoch; None where that is no time as the API writes it.

        Such a time sorts as text, so nothing else may stand in its place.
        """
        try:
            return datetime.fromisoformat(self.at).timestamp() if TIME.fullmatch(self.at) else None
        except ValueError:
            return None

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
        return self.code in REFUSED

    @property
    def constraint(self) -> str:
        """The verb of constrained impersonation that allowed it to be somebody else's."""
        known = self.authentication_metadata
        return known.impersonation_constraint if known else ""

    @property
    def created(self) -> bool:
        """Whether the request made an object."""
        return self.code == CREATED

    @property
    def may_have_created(self) -> bool:
        """Whether the right to create may have been asked for, before something else refused."""
        return self.code >= BAD_REQUEST and self.code not in NOTHING_CREATED

    @property
    def code(self) -> int:
        """The answer's; 0 where there is none."""
        return self.response_status.code if self.response_status else 0


def uses_of(event: WireEvent) -> Iterator[Use]:
    """What was authorized of a request: itself, and the impersonation by which it was made.

    Whoever acts as somebody else was allowed to, whether that somebody was then refused or not. A
    stream, such as a watch, is told when it begins and when it ends: twice the same.
    """
    if not event.is_answered or not event.verb:
        return
    at = event.seconds or 0.0
    request = _request(event)
    if not event.is_denied:
        identity = _identity(event.impersonated_user or event.user)
        yield Use(identity, request, at, given=_given(event))
        yield from (Use(identity, each, at, sure) for each, sure in _further(event, request))
    if event.impersonated_user:
        impersonator = _identity(event.user)
        for each in _impersonations(event.impersonated_user, request, event.constraint):
            yield Use(impersonator, each, at)


def _further(event: WireEvent, request: Request) -> Iterator[tuple[Request, bool]]:
    """What the API server asks for in the course of a request, and whether it surely did.

    An update or patch that creates takes the right to create, under the object's name; one that was
    refused after it was authorized may have come so far. Since 1.35 a stream into a pod that is
    opened as a WebSocket, by ``get``, takes the right to ``create`` it ("Authorization Overview").
    """
    create = msgspec.structs.replace(request, verb="create")
    if event.verb in ("update", "patch") and (event.created or event.may_have_created):
        yield create, event.created
    if event.verb == "get" and not request.group and request.combined in STREAMS:
        yield create, False


def _given(event: WireEvent) -> Given | None:
    """The rights that a write of a role or binding gives on, if it is one that tells them."""
    ref = event.object_ref
    if ref is None or ref.api_group != RBAC_GROUP or event.verb not in WRITES or ref.subresource:
        return None
    return given_by(
        Written(
            event.verb,
            ref.resource,
            ref.namespace,
            event.code,
            event.at,
            event.request_object,
            event.response_object,
            event.annotations or {},
        )
    )


def _identity(who: WireUser) -> Identity:
    return Identity(who.username, frozenset(who.groups or ()))


def _request(event: WireEvent) -> Request:
    """A request's URI is a path and a query, and never an address, whatever it begins with."""
    ref, (path, _, query) = event.object_ref, event.request_uri.partition("?")
    if ref is None or not ref.resource:
        return Request(event.verb, path=unquote(path))
    name = ref.name
    if not name and event.verb in ("list", "watch"):
        name = _selected_name(query)
    return Request(event.verb, ref.resource, ref.api_group, ref.subresource, ref.namespace, name)


def _selected_name(query: str) -> str:
    """The name that a list or watch selects: to the authorizer it is a request for that one."""
    for selector in parse_qs(query).get("fieldSelector", ()):
        for term in selector.split(","):
            value = term.strip().replace("==", "=")
            if value.startswith(NAMED):
                return value.removeprefix(NAMED)
    return ""


def _impersonations(who: WireUser, request: Request, constraint: str) -> Iterator[Request]:
    """The rights that acting as somebody takes ("User Impersonation").

    Groups that the API server adds by itself take none; one that was asked for besides looks the
    same and is not counted. Constrained impersonation has verbs of its own, for the identity and
    for what is done under it.
    """
    verb, group = constraint or "impersonate", AUTHENTICATION if constraint else ""
    if constraint.endswith("-node"):
        name = ALL_NODES if constraint.endswith(":associated-node") else _node(who.username)
        yield Request(verb, "nodes", AUTHENTICATION, name=name)
    else:
        yield from _persona(who, verb, group)
    if constraint:
        mode = constraint.removeprefix(CONSTRAINED)
        yield msgspec.structs.replace(request, verb=f"{CONSTRAINED_ON}{mode}:{request.verb}")


def _persona(who: WireUser, verb: str, group: str) -> Iterator[Request]:
    """The rights for a name, and for groups, UID and extra fields; of a node its name is all."""
    known = user(who.username)
    if who.username.startswith(SERVICE_ACCOUNT_PREFIX):
        _, _, rest = who.username.partition(SERVICE_ACCOUNT_PREFIX)
        namespace, _, name = rest.partition(":")
        yield Request(verb, "serviceaccounts", group, "", namespace, name)
    else:
        yield Request(verb, "users", group, "", "", who.username)
    for each in sorted(set(who.groups or ()) - known.groups - {AUTHENTICATED}):
        yield Request(verb, "groups", group, name=each)
    if who.uid:
        yield Request(verb, "uids", AUTHENTICATION, name=who.uid)
    for key, values in sorted((who.extra or {}).items()):
        for value in values or ():
            yield Request(verb, "userextras", AUTHENTICATION, key, name=value)


def _node(username: str) -> str:
    return username.removeprefix(NODE_PREFIX)
