"""Writes the status of SecurityAssessments, by server-side apply."""

import asyncio
from collections.abc import Mapping
from typing import Any, Protocol
from urllib.parse import quote

import msgspec
from msgspec import Struct

from assessor.adapters.retrying import Sleep, retrying
from assessor.kernel.errors import NotFoundError, RecordError

API_VERSION = "kube-assessor.dev/v1alpha1"
KIND = "SecurityAssessment"
PATH = "/apis/" + API_VERSION + "/namespaces/{}/securityassessments/{}/status"
APPLY = "application/apply-patch+yaml"  # JSON is YAML

CONCURRENT_WRITES = 8
"""As many as do any good: 16 are no faster (docs/design/scale.md)."""

ATTEMPTS = 5


class Writer(Protocol):
    """The one request that is needed."""

    async def request(
        self, method: str, path: str, *, params: Mapping[str, str], body: bytes, content_type: str
    ) -> bytes:
        """The body of the answer; raises the kernel's ClusterErrors."""


class Written(Struct, frozen=True):
    """The status is stored, in this resourceVersion."""

    resource_version: int


class Gone(Struct, frozen=True):
    """There is no such object any more, or another one of that name."""

    reason: str


WriteOutcome = Written | Gone


class _Meta(Struct, rename="camel"):
    uid: str
    resource_version: str


class _Answer(Struct):
    metadata: _Meta


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
        self._params = {"fieldManager": field_manager, "force": "true"}
        self._slots = asyncio.Semaphore(concurrency)

    async def write(
        self, namespace: str, name: str, uid: str, status: Mapping[str, Any]
    ) -> WriteOutcome:
        """Store a status; a ClusterError where the last of a few attempts failed as well.

        On a status subresource the API server compares no UID (seen with 1.37: the patch's
        metadata is replaced by the stored one's). An object that was made anew under the name is
        therefore noticed by the answer; its own events lead to a status of its own.
        """
        path = PATH.format(quote(namespace, safe=""), quote(name, safe=""))
        body = _encode(namespace, name, status)
        try:
            answer: bytes = await retrying(ATTEMPTS, self._sleep)(self._apply, path, body)
        except NotFoundError as error:
            return Gone(error.message)
        stored = _decode(answer, f"status of {namespace}/{name}")
        if stored.uid != uid:
            return Gone(f"{namespace}/{name} has another UID: it was deleted and made anew")
        return Written(int(stored.resource_version))

    async def _apply(self, path: str, body: bytes) -> bytes:
        # The slot is held for the request alone: whoever waits for another try keeps nobody.
        async with self._slots:
            return await self._client.request(
                "PATCH", path, params=self._params, body=body, content_type=APPLY
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


def _decode(answer: bytes, what: str) -> _Meta:
    try:
        return msgspec.json.decode(answer, type=_Answer).metadata
    except msgspec.DecodeError as error:
        raise RecordError(f"{what}: {error}") from error
