"""Writes the status of SecurityAssessments, by server-side apply."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Protocol
from urllib.parse import quote

import msgspec
from msgspec import Struct

from assessor.adapters.answers import read_as
from assessor.adapters.retrying import Sleep, retrying
from assessor.api.owned_status import removal
from assessor.kernel.errors import ConflictError, NotFoundError

API_VERSION = "kube-assessor.dev/v1alpha1"
KIND = "SecurityAssessment"
PATH = "/apis/" + API_VERSION + "/namespaces/{}/securityassessments/{}/status"
APPLY = "application/apply-patch+yaml"  # JSON is YAML
MERGE = "application/merge-patch+json"

CONCURRENT_WRITES = 8
"""As many as do any good: 16 are no faster (docs/design/scale.md)."""

ATTEMPTS = 5

UNWARNED = {"fieldValidation": "Ignore"}
"""Server-side apply refuses unknown fields by itself; to be warned of them as well, which is the
default, makes the API server parse each status twice: a tenth of what a write costs it."""


class Writer(Protocol):
    """The one request that is needed."""

    async def request(
        self, method: str, path: str, *, params: Mapping[str, str], body: bytes, content_type: str
    ) -> bytes:
        """The body of the answer; raises the kernel's ClusterErrors."""


class Target(Struct, frozen=True):
    """The SecurityAssessment that a status is for, in the resourceVersion that it was made from.

    ``mending``: the merge patch, as JSON, that takes out of its stored status what is not of our
    types; empty where nothing has to be.
    """

    namespace: str
    name: str
    version: int
    mending: bytes = b""

    def __str__(self) -> str:
        """``namespace/name``, as errors show it."""
        return f"{self.namespace}/{self.name}"


class Written(Struct, frozen=True):
    """The status is stored, in this resourceVersion.

    ``removed``: the fields of ours that somebody else had put beside it.
    """

    resource_version: int
    removed: tuple[str, ...] = ()


class Gone(Struct, frozen=True):
    """There is no such object any more."""

    reason: str


class Outdated(Struct, frozen=True):
    """The object is not as it was any more when the status was made from it.

    It was changed or made anew, another process of this operator wrote it, or an attempt of this
    write whose answer got lost: its next event tells.
    """

    reason: str


WriteOutcome = Written | Gone | Outdated


class _Meta(Struct, rename="camel"):
    resource_version: str


class _Answer(Struct):
    metadata: _Meta
    status: dict[str, Any] = {}


class StatusWriter:
    """Applies whole statuses, a few at a time, as one field manager that takes all fields."""

    def __init__(
        self,
        client: Writer,
        *,
        field_manager: str = "kube-assessor",
        concurrency: int = CONCURRENT_WRITES,
        permit: Callable[[], None] = lambda: None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        """``permit`` is asked right before each request, and raises where it may not be sent.

        ``sleep`` is waited with between attempts.
        """
        self._client, self._permit, self._sleep = client, permit, sleep
        self._manager = {"fieldManager": field_manager}
        self._force = self._manager | {"force": "true"} | UNWARNED
        self._slots = asyncio.Semaphore(concurrency)

    async def write(self, target: Target, status: Mapping[str, Any]) -> WriteOutcome:
        """Store a status; a ClusterError where the last of a few attempts failed as well."""
        try:
            return await retrying(ATTEMPTS, self._sleep)(self._store, target, status)
        except NotFoundError as error:
            return Gone(error.message)

    async def _store(self, target: Target, status: Mapping[str, Any]) -> WriteOutcome:
        try:
            return await self._apply(target, status)
        except ConflictError as error:
            return Outdated(error.message)

    async def _apply(self, target: Target, status: Mapping[str, Any]) -> Written:
        path = PATH.format(quote(target.namespace, safe=""), quote(target.name, safe=""))
        what = f"status of {target}"
        if target.mending:
            target = await self._mend(path, target, what)
        body = _encode(target, status)
        stored = read_as(_Answer, await self._patch(path, self._force, body, APPLY), what)
        surplus = removal(stored.status, status)
        if surplus:
            # Of this version alone: where it changes meanwhile, its event leads to another try.
            meta = {"resourceVersion": stored.metadata.resource_version}
            body = msgspec.json.encode({"metadata": meta, "status": surplus})
            stored = read_as(_Answer, await self._patch(path, self._manager, body, MERGE), what)
        return Written(int(stored.metadata.resource_version), tuple(surplus))

    async def _mend(self, path: str, target: Target, what: str) -> Target:
        """Make it one that can be applied to; the same target in its new version.

        What was stored under another definition stays as it was. Server-side apply cannot merge
        with it where its types are others, and answers 500 (seen with 1.37); other patches can.
        """
        meta = {"resourceVersion": str(target.version)}
        body = msgspec.json.encode({"metadata": meta, "status": msgspec.Raw(target.mending)})
        stored = read_as(_Answer, await self._patch(path, self._manager, body, MERGE), what)
        return Target(target.namespace, target.name, int(stored.metadata.resource_version))

    async def _patch(
        self, path: str, params: Mapping[str, str], body: bytes, content_type: str
    ) -> bytes:
        # The slot is held for the request alone: whoever waits for another try keeps nobody.
        async with self._slots:
            self._permit()
            return await self._client.request(
                "PATCH", path, params=params, body=body, content_type=content_type
            )


def _encode(target: Target, status: Mapping[str, Any]) -> bytes:
    return msgspec.json.encode(
        {
            "apiVersion": API_VERSION,
            "kind": KIND,
            "metadata": {
                "name": target.name,
                "namespace": target.namespace,
                "resourceVersion": str(target.version),
            },
            "status": status,
        }
    )
