"""A Lease (coordination.k8s.io/v1), read, made and changed, each change bound to what was read."""

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import quote

import msgspec
from msgspec import Struct

from assessor.adapters.answers import read_as
from assessor.adapters.backoff import Backoff
from assessor.kernel.errors import ClusterError, NotFoundError

API_VERSION = "coordination.k8s.io/v1"
MERGE = "application/merge-patch+json"
WATCH_SECONDS = 300
"""After so long the API server ends a watch in order; it is opened anew."""

SETTLED_SECONDS = 5.0
"""A watch that lived for so long has worked: it is opened anew at once."""

REOPEN_DELAY = (0.5, 2.0)
"""First and longest seconds until one that did not is: about as long as whoever waits looks."""


class LeaseSpec(Struct, frozen=True, rename="camel"):
    """Who holds the lease, since when, and for how long (coordination/v1 LeaseSpec)."""

    holder_identity: str | None = None
    lease_duration_seconds: int | None = None
    acquire_time: str | None = None
    renew_time: str | None = None
    lease_transitions: int | None = None


class LeaseMeta(Struct, frozen=True, rename="camel"):
    """The part of its metadata that a change is bound to."""

    resource_version: str


class Lease(Struct, frozen=True):
    """A stored lease."""

    metadata: LeaseMeta
    spec: LeaseSpec = LeaseSpec()


class Client(Protocol):
    """The requests that are made; both raise the kernel's ClusterErrors."""

    async def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        body: bytes | None = None,
        content_type: str = "application/json",
    ) -> bytes:
        """The body of the answer."""

    def watch(self, path: str, params: Mapping[str, str]) -> AbstractAsyncContextManager[Any]:
        """An open watch, as its raw lines."""


class Leases:
    """One Lease of one namespace."""

    def __init__(self, client: Client, namespace: str, name: str) -> None:
        """Nothing is asked yet."""
        self._client, self._namespace, self._name = client, namespace, name
        self._collection = f"/apis/{API_VERSION}/namespaces/{quote(namespace, safe='')}/leases"
        self._path = f"{self._collection}/{quote(name, safe='')}"

    def __str__(self) -> str:
        """``namespace/name``, as logs show it."""
        return f"{self._namespace}/{self._name}"

    async def read(self) -> Lease | None:
        """The lease, None where there is none."""
        try:
            return self._decode(await self._client.request("GET", self._path))
        except NotFoundError:
            return None

    async def create(self, spec: LeaseSpec) -> Lease:
        """Make it; ConflictError where somebody else just did."""
        body = {
            "apiVersion": API_VERSION,
            "kind": "Lease",
            "metadata": {
                "name": self._name,
                "labels": {"app.kubernetes.io/name": "kube-assessor"},
            },
            "spec": spec,
        }
        return self._decode(
            await self._client.request("POST", self._collection, body=msgspec.json.encode(body))
        )

    async def change(self, read: Lease, spec: LeaseSpec) -> Lease:
        """Replace what ``read`` said; ConflictError where it says something else by now.

        A merge patch: it leaves alone what others have put beside the spec, and what later
        versions of Kubernetes put into it.
        """
        version = {"resourceVersion": read.metadata.resource_version}
        body = msgspec.json.encode({"metadata": version, "spec": spec})
        return self._decode(
            await self._client.request("PATCH", self._path, body=body, content_type=MERGE)
        )

    async def follow(self, on_event: Callable[[], None]) -> None:
        """Tell of each change until cancelled; where that fails, of nothing for a while.

        A watch begins by telling that there is a lease, so that nothing is missed between two.
        """
        delay, loop = Backoff(*REOPEN_DELAY), asyncio.get_running_loop()
        params = {
            "watch": "true",
            "fieldSelector": f"metadata.name={self._name}",
            "timeoutSeconds": str(WATCH_SECONDS),
        }
        while True:
            begun = loop.time()
            # Whoever waits also looks by itself, and tells why it cannot.
            with contextlib.suppress(ClusterError):
                async with self._client.watch(self._collection, params) as lines:
                    async for _ in lines:
                        on_event()
            if loop.time() - begun < SETTLED_SECONDS:
                await asyncio.sleep(delay.next())
            else:
                delay.reset()

    def _decode(self, answer: bytes) -> Lease:
        return read_as(Lease, answer, f"lease {self}")


def micro_time(moment: datetime) -> str:
    """A metav1.MicroTime: RFC 3339 in UTC with six digits of a second."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
