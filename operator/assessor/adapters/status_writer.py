"""Writes the status of SecurityAssessments, by server-side apply."""

import asyncio
from collections.abc import Mapping
from typing import Any, Protocol
from urllib.parse import quote

import msgspec
from msgspec import Struct

from assessor.adapters.retrying import Sleep, retrying
from assessor.api.owned_status import removal
from assessor.kernel.errors import NotFoundError, RecordError

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


class Written(Struct, frozen=True):
    """The status is stored, in this resourceVersion.

    ``removed``: the fields of ours that somebody else had put beside it.
    """

    resource_version: int
    removed: tuple[str, ...] = ()


class Gone(Struct, frozen=True):
    """There is no such object any more, or another one of that name."""

    reason: str


WriteOutcome = Written | Gone


class _Meta(Struct, rename="camel"):
    uid: str
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
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        """``sleep`` is waited with between attempts."""
        self._client, self._sleep = client, sleep
        self._manager = {"fieldManager": field_manager}
        self._force = self._manager | {"force": "true"} | UNWARNED
        self._slots = asyncio.Semaphore(concurrency)

    async def write(
        self, namespace: str, name: str, uid: str, status: Mapping[str, Any]
    ) -> WriteOutcome:
        """Store a status; a ClusterError where the last of a few attempts failed as well.

        On a status subresource the API server compares no UID (seen with 1.37: the patch's
        metadata is replaced by the stored one's). An object that was made anew under the name is
        therefore noticed by the answer; its own events lead to a status of its own.
        """
        try:
            return await retrying(ATTEMPTS, self._sleep)(self._store, namespace, name, uid, status)
        except NotFoundError as error:
            return Gone(error.message)

    async def _store(
        self, namespace: str, name: str, uid: str, status: Mapping[str, Any]
    ) -> WriteOutcome:
        path = PATH.format(quote(namespace, safe=""), quote(name, safe=""))
        what, body = f"status of {namespace}/{name}", _encode(namespace, name, status)
        stored = _decode(await self._patch(path, self._force, body, APPLY), what)
        if stored.metadata.uid != uid:
            return Gone(f"{namespace}/{name} has another UID: it was deleted and made anew")
        surplus = removal(stored.status, status)
        if surplus:
            # Of this version alone: where it changes meanwhile, the conflict leads to another try.
            meta = {"resourceVersion": stored.metadata.resource_version}
            body = msgspec.json.encode({"metadata": meta, "status": surplus})
            stored = _decode(await self._patch(path, self._manager, body, MERGE), what)
        return Written(int(stored.metadata.resource_version), tuple(surplus))

    async def _patch(
        self, path: str, params: Mapping[str, str], body: bytes, content_type: str
    ) -> bytes:
        # The slot is held for the request alone: whoever waits for another try keeps nobody.
        async with self._slots:
            return await self._client.request(
                "PATCH", path, params=params, body=body, content_type=content_type
            )


def _encode(namespace: str, name: str, status: Mapping[str, Any]) -> bytes:
    return msgspec.json.encode(
        {
            "apiVersion": API_VERSION,
            "kind": KIND,
            "metadata": {"name": name, "namespace": namespace},
            "status": status,
        }
    )


def _decode(answer: bytes, what: str) -> _Answer:
    try:
        return msgspec.json.decode(answer, type=_Answer)
    except msgspec.DecodeError as error:
        raise RecordError(f"{what}: {error}") from error
