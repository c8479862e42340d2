"""Who may read /metrics: asked of the API server, as it decides about its own.

A TokenReview says who a bearer token belongs to, a SubjectAccessReview whether that user may get
the URL /metrics (Kubernetes, "Webhook Token Authentication" and "Authorization Overview"). No
answer means no.
"""

import asyncio
import hashlib
from collections import OrderedDict
from http import HTTPStatus
from typing import Protocol, TypeVar

import msgspec
import structlog
from msgspec import Struct

from assessor.adapters.answers import read_as
from assessor.adapters.brief import brief
from assessor.adapters.transport import within
from assessor.kernel.clock import Clock
from assessor.kernel.errors import ClusterError, ForbiddenError, RecordError

log = structlog.stdlib.get_logger(__name__)

TOKEN_REVIEWS = "/apis/authentication.k8s.io/v1/tokenreviews"  # noqa: S105 - a path
ACCESS_REVIEWS = "/apis/authorization.k8s.io/v1/subjectaccessreviews"

REMEMBERED_SECONDS = 60.0
"""How long a right that was taken away may still be used here."""

REMEMBERED_TOKENS = 256
"""Tokens of known users; the ones that were not used for longest are forgotten first."""

LONGEST_TOKEN = 16_384
"""Characters: longer than what any issuer writes, and nothing that the API server must read."""

AT_ONCE = 4
"""Reviews under way; whoever floods us with invented tokens does not flood the API server."""

TIMEOUT = 5.0
"""Seconds for both reviews and the wait for their turn: scrapers give up after 10."""


class Refusal(Struct, frozen=True):
    """Why /metrics is not shown: an HTTP status, and one line that holds nothing of the token."""

    status: HTTPStatus
    reason: str


class Reviewer(Protocol):
    """The one request of the API client that reviews are made of."""

    async def request(self, method: str, path: str, *, body: bytes) -> bytes:
        """The body of the answer; raises ClusterErrors."""


class _User(Struct):
    username: str = ""
    uid: str = ""
    groups: list[str] = []
    extra: dict[str, list[str]] = {}


class _TokenStatus(Struct):
    authenticated: bool = False
    user: _User = msgspec.field(default_factory=_User)


class _TokenReview(Struct):
    status: _TokenStatus


class _AccessStatus(Struct):
    allowed: bool = False
    denied: bool = False


class _AccessReview(Struct):
    status: _AccessStatus


_Review = TypeVar("_Review", _TokenReview, _AccessReview)


class MetricsAccess:
    """Decides about bearer tokens, and remembers the users of known ones for a minute."""

    def __init__(self, client: Reviewer, clock: Clock) -> None:
        """``client`` asks as the operator, who needs the role of components/metrics-auth."""
        self._client, self._clock = client, clock
        self._turn = asyncio.Semaphore(AT_ONCE)
        # By digest, so that no token stays in memory.
        self._known: OrderedDict[bytes, tuple[float, Refusal | None]] = OrderedDict()
        self._failing = False

    async def refusal(self, authorization: str) -> Refusal | None:
        """Why the holder of this Authorization header must not read; None where they may."""
        scheme, _, token = authorization.partition(" ")
        token = token.strip()
        if scheme.lower() != "bearer" or not token:
            return Refusal(HTTPStatus.UNAUTHORIZED, "a bearer token is needed to read /metrics")
        if len(token) > LONGEST_TOKEN or not token.isascii() or not token.isprintable():
            return Refusal(HTTPStatus.UNAUTHORIZED, "this is no bearer token")
        digest = hashlib.sha256(token.encode()).digest()
        known = self._known.get(digest)
        if known and self._clock.monotonic() < known[0]:
            self._known.move_to_end(digest)
            return known[1]
        return await self._asked(digest, token)

    async def _asked(self, digest: bytes, token: str) -> Refusal | None:
        """Ask; what the API server says of a user it knows is remembered, and nothing else is."""
        self._known.pop(digest, None)
        asked_at = self._clock.monotonic()
        try:
            async with within(TIMEOUT, "no review of a token"), self._turn:
                user = await self._user(token)
                if user is None:
                    return Refusal(HTTPStatus.UNAUTHORIZED, "the API server refuses this token")
                refusal = await self._refusal_of(user)
        except (ClusterError, RecordError) as error:
            return self._unavailable(error)
        self._failing = False
        self._remember(digest, asked_at + REMEMBERED_SECONDS, refusal)
        return refusal

    async def _user(self, token: str) -> _User | None:
        review = {
            "apiVersion": "authentication.k8s.io/v1",
            "kind": "TokenReview",
            "spec": {"token": token},
        }
        status = (await self._reviewed(TOKEN_REVIEWS, review, _TokenReview)).status
        return status.user if status.authenticated and status.user.username else None

    async def _refusal_of(self, user: _User) -> Refusal | None:
        spec = {
            "user": user.username,
            "uid": user.uid,
            "groups": user.groups,
            "extra": user.extra,
            "nonResourceAttributes": {"path": "/metrics", "verb": "get"},
        }
        review = {
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SubjectAccessReview",
            "spec": spec,
        }
        status = (await self._reviewed(ACCESS_REVIEWS, review, _AccessReview)).status
        if status.allowed and not status.denied:
            return None
        return Refusal(
            HTTPStatus.FORBIDDEN,
            f"{user.username} may not get /metrics: the ClusterRole kube-assessor-metrics-reader"
            " allows it",
        )

    async def _reviewed(self, path: str, review: object, kind: type[_Review]) -> _Review:
        answer = await self._client.request("POST", path, body=msgspec.json.encode(review))
        return read_as(kind, answer, path)

    def _unavailable(self, error: ClusterError | RecordError) -> Refusal:
        """Tell it once in the log, whatever number of scrapes it costs."""
        if not self._failing:
            log.warning("reads of /metrics cannot be authorized", error=str(error))
        self._failing = True
        told = "the API server cannot be asked who may read /metrics"
        if isinstance(error, ForbiddenError):
            told = "the operator may not ask: manifests/components/metrics-auth grants it"
        return Refusal(HTTPStatus.SERVICE_UNAVAILABLE, f"{told} ({brief(error)})")

    def _remember(self, digest: bytes, until: float, refusal: Refusal | None) -> None:
        self._known[digest] = until, refusal
        while len(self._known) > REMEMBERED_TOKENS:
            self._known.popitem(last=False)
