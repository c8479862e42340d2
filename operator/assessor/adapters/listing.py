"""A whole collection, listed page by page."""

from msgspec import Struct

from assessor.adapters.beside import decoded
from assessor.adapters.store import Entry
from assessor.adapters.transport import Transport, within
from assessor.inventory.decoding import Interner, ListPage, decode_list
from assessor.inventory.kinds import ObservedKind
from assessor.kernel.errors import ExpiredError, OversizedError

LONGEST_PAGE = 8 * 2**20
"""Bytes of a page of several objects: 500 usual pods are half of it. Somebody who stores 500
objects of 1.5 MB each must not take a gigabyte of whoever lists them."""


class Listing(Struct, frozen=True):
    """The whole of a LIST, and the version that a watch goes on from."""

    entries: list[Entry]
    resource_version: str


class Lister:
    """Lists one kind.

    Without resourceVersion, so that no list is older than what was seen before, whichever API
    server answers. In pages, because 10,000 pods are one body of 55 MB, which costs more memory
    than everything else together: from the watch cache in one piece (resourceVersion=0) they take
    0.9 s instead of 2.8 s, which does not show beside the time that the first statuses take.
    """

    def __init__(
        self,
        kind: ObservedKind,
        transport: Transport,
        *,
        page_size: int,
        timeout: float,
        path: str = "",
    ) -> None:
        """``timeout``: seconds that one page may take; ``path``: a part of the kind's objects."""
        self._kind, self._transport, self._path = kind, transport, path or kind.path
        self._page_size, self._timeout = min(page_size, kind.page_size), timeout
        self._unpaged = False
        self._fitting = self._page_size

    async def list(self, interner: Interner) -> Listing:
        """Everything there is; ClusterError, or RecordError where a page is no list."""
        entries: list[Entry] = []
        token = ""
        self._fitting = self._page_size
        while True:
            page = await self._fitting_page(token, interner)
            entries += page.records
            entries += page.malformed
            token = page.continue_token
            if not token:
                self._unpaged = False
                return Listing(entries, page.resource_version)

    async def _fitting_page(self, token: str, interner: Interner) -> ListPage:
        """A page that is not too long: of half as many objects, and half of that, if need be."""
        while True:
            try:
                page = await self._page(token, interner)
            except OversizedError:
                self._fitting = max(1, self._fitting // 2)
            else:
                self._fitting = min(self._page_size, 2 * self._fitting)
                return page

    async def _page(self, token: str, interner: Interner) -> ListPage:
        params = {} if self._unpaged else {"limit": str(self._fitting)}
        if token:
            params["continue"] = token
        try:
            async with within(self._timeout, "no answer to the list"):
                # One object is as long as it is, and a list that cannot be paged as well.
                alone = self._unpaged or self._fitting == 1
                at_most = None if alone else LONGEST_PAGE
                body = await self._transport.get(self._path, params, at_most=at_most)
        except ExpiredError:
            # Whatever made this list outlive its token may do so again: in one piece it ends.
            self._unpaged = bool(token)
            raise
        return await decoded(decode_list, self._kind, body, interner, size=len(body))
