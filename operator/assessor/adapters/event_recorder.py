"""Tells of assessments through core/v1 Events, on the assessment object alone."""

import asyncio
import hashlib
import socket
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, Protocol
from urllib.parse import quote

import msgspec
import structlog
from msgspec import Struct

from assessor.adapters.answers import read_as
from assessor.adapters.retrying import Sleep, is_transient, retrying
from assessor.adapters.status_writer import API_VERSION, KIND
from assessor.kernel.clock import Clock
from assessor.kernel.errors import AssessorError, ConflictError, NotFoundError

ATTEMPTS = 3
"""Few: an assessment waits for its Events."""

LONGEST_MESSAGE = 1024
"""Bytes of UTF-8: the API server's limit for a note (events.k8s.io/v1)."""

LONGEST_NAME = 253
"""Of a DNS subdomain (RFC 1123)."""

REMEMBERED_COUNTS = 4096
"""Events that are remembered; of a forgotten one the API server is asked."""

log = structlog.stdlib.get_logger(__name__)


class Note(Protocol):
    """What to tell: reporting.notes.Note, which this layer must not import."""

    @property
    def reason(self) -> str:
        """CamelCase, such as ControlFailed."""

    @property
    def type(self) -> str:
        """Normal or Warning."""

    @property
    def message(self) -> str:
        """A sentence."""

    @property
    def key(self) -> str:
        """What it is about; notes of one reason, type and key are one Event."""


class Poster(Protocol):
    """The one request that is needed."""

    async def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        body: bytes,
        content_type: str,
    ) -> bytes:
        """The body of the answer; raises the kernel's ClusterErrors."""


class AssessmentRef(Struct, frozen=True):
    """The assessment that an Event is about."""

    namespace: str
    name: str
    uid: str


class _Counted(Struct):
    count: int = 1


class EventRecorder:
    """Creates Events, and counts their repetitions.

    It needs to create and to patch, not to read: how often an Event was seen before a restart is
    in the answer to its first patch.
    """

    def __init__(
        self,
        client: Poster,
        clock: Clock,
        *,
        component: str = "kube-assessor",
        instance: str | None = None,
        remembered: int = REMEMBERED_COUNTS,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        """``instance``: the process, by default the host's name, which is the pod's."""
        self._client, self._clock, self._sleep = client, clock, sleep
        self._component = component
        self._instance = instance or socket.gethostname()
        self._counts: OrderedDict[str, int] = OrderedDict()
        self._remembered = remembered

    async def record(self, subject: AssessmentRef, note: Note) -> bool:
        """Tell it; False where it never can be, which is logged.

        What another try may mend, after those that are made here, is raised as ClusterError.
        """
        name = event_name(subject, note)
        try:
            await self._record(name, subject, note)
        except AssessorError as error:
            if is_transient(error):
                raise
            log.warning(
                "event dropped",
                namespace=subject.namespace,
                assessment=subject.name,
                reason=note.reason,
                error=str(error),
            )
            return False
        return True

    async def _record(self, name: str, subject: AssessmentRef, note: Note) -> None:
        count = self._counts.get(subject.namespace + "/" + name)
        if count is None:
            await self._create_or_repeat(name, subject, note)
            return
        try:
            await self._repeat(name, subject, note, count)
        except NotFoundError:
            # Events expire, by default after an hour.
            await self._create_or_repeat(name, subject, note)

    async def _create_or_repeat(self, name: str, subject: AssessmentRef, note: Note) -> None:
        try:
            await self._create(name, subject, note)
        except ConflictError:
            answer = await self._patch(name, subject, note)
            await self._repeat(name, subject, note, _count(answer))

    async def _create(self, name: str, subject: AssessmentRef, note: Note) -> None:
        event = self._event(name, subject, note)
        await self._send("POST", _path(subject), event, "application/json")
        self._remember(subject, name, 1)

    async def _repeat(self, name: str, subject: AssessmentRef, note: Note, count: int) -> None:
        await self._patch(name, subject, note, count=count + 1)
        self._remember(subject, name, count + 1)

    async def _patch(self, name: str, subject: AssessmentRef, note: Note, **more: int) -> bytes:
        patch = {"message": _fit(note.message), "lastTimestamp": self._now()} | more
        path = f"{_path(subject)}/{quote(name, safe='')}"
        return await self._send("PATCH", path, patch, "application/merge-patch+json")

    async def _send(self, method: str, path: str, body: Any, content_type: str) -> bytes:
        encoded = msgspec.json.encode(body)

        async def once() -> bytes:
            return await self._client.request(method, path, body=encoded, content_type=content_type)

        return await retrying(ATTEMPTS, self._sleep)(once)

    def _remember(self, subject: AssessmentRef, name: str, count: int) -> None:
        key = subject.namespace + "/" + name
        self._counts[key] = count
        self._counts.move_to_end(key)
        if len(self._counts) > self._remembered:
            self._counts.popitem(last=False)

    def _event(self, name: str, subject: AssessmentRef, note: Note) -> dict[str, Any]:
        now = self._now()
        return {
            "apiVersion": "v1",
            "kind": "Event",
            "metadata": {"name": name, "namespace": subject.namespace},
            "involvedObject": {
                "apiVersion": API_VERSION,
                "kind": KIND,
                "namespace": subject.namespace,
                "name": subject.name,
                "uid": subject.uid,
            },
            "type": note.type,
            "reason": note.reason,
            "message": _fit(note.message),
            "count": 1,
            "firstTimestamp": now,
            "lastTimestamp": now,
            "source": {"component": self._component},
            "reportingComponent": self._component,
            "reportingInstance": self._instance,
        }

    def _now(self) -> str:
        """RFC 3339 in whole seconds, as metav1.Time is."""
        return self._clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")


def event_name(subject: AssessmentRef, note: Note) -> str:
    """``<assessment>.<16 hex digits>``: the same for the same thing, also after a restart.

    The type is part of the thing: a repetition changes an Event's message and count, not its type,
    and what became better must not be counted as a Warning.
    """
    told = f"{subject.uid}\0{note.reason}\0{note.type}\0{note.key}"
    digest = hashlib.sha256(told.encode()).hexdigest()[:16]
    stem = subject.name[: LONGEST_NAME - 1 - len(digest)].rstrip(".-")
    return f"{stem}.{digest}"


def _path(subject: AssessmentRef) -> str:
    return f"/api/v1/namespaces/{quote(subject.namespace, safe='')}/events"


def _fit(message: str) -> str:
    """The message, cut at a character's end where it is too long."""
    encoded = message.encode()
    if len(encoded) <= LONGEST_MESSAGE:
        return message
    ellipsis = "…"
    kept = encoded[: LONGEST_MESSAGE - len(ellipsis.encode())]
    return kept.decode(errors="ignore") + ellipsis


def _count(answer: bytes) -> int:
    return read_as(_Counted, answer, "answer to an Event's patch").count
