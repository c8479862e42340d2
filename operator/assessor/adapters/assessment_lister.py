"""All SecurityAssessments, listed page by page: what the watch's hints are compared with."""

from collections.abc import AsyncIterator
from typing import Protocol

import msgspec
from msgspec import Struct

from assessor.kernel.errors import RecordError

PATH = "/apis/kube-assessor.dev/v1alpha1/securityassessments"
PAGE_SIZE = 200
"""Objects in a page: at 64 KiB each a page stays below 13 MB."""

EMPTY_OBJECT = msgspec.Raw(b"{}")


class Lister(Protocol):
    """The one request that is needed."""

    async def get(self, path: str, params: dict[str, str] | None = None) -> bytes:
        """The body of a GET; raises the kernel's ClusterErrors."""


class ListedMeta(Struct, rename="camel"):
    """The identity of a listed object."""

    name: str
    namespace: str
    uid: str
    resource_version: str
    generation: int = 0


class ListedAssessment(Struct):
    """One object; spec and status stay undecoded, most of them are known already."""

    metadata: ListedMeta
    spec: msgspec.Raw = EMPTY_OBJECT
    status: msgspec.Raw = EMPTY_OBJECT


class _PageMeta(Struct):
    next_page: str = msgspec.field(name="continue", default="")


class _Page(Struct):
    metadata: _PageMeta
    items: list[ListedAssessment] | None = None


async def list_assessments(client: Lister) -> AsyncIterator[ListedAssessment]:
    """Yield every SecurityAssessment; ClusterError, or RecordError for a list of another shape."""
    next_page = ""
    while True:
        params = {"limit": str(PAGE_SIZE)} | ({"continue": next_page} if next_page else {})
        page = _decode(await client.get(PATH, params))
        for item in page.items or ():
            yield item
        next_page = page.metadata.next_page
        if not next_page:
            return


def _decode(body: bytes) -> _Page:
    try:
        return msgspec.json.decode(body, type=_Page)
    except msgspec.DecodeError as error:
        raise RecordError(f"list of SecurityAssessments: {error}") from error
