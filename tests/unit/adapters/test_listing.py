"""A list in pages that are not too long, whatever somebody stores."""

import json
from collections.abc import Mapping
from typing import Any

from assessor.adapters import beside, listing
from assessor.adapters.listing import Lister
from assessor.inventory.decoding import Interner
from assessor.inventory.kinds import CORE_KINDS, Evidence
from assessor.kernel.errors import OversizedError

KIND = next(kind for kind in CORE_KINDS if kind.evidence is Evidence.SERVICE_ACCOUNTS)


class Pages:
    """Objects of given sizes, in bytes."""

    def __init__(self, *sizes: int) -> None:
        """Serve them in this order."""
        self._items = [
            {"metadata": {"name": f"n{number}", "namespace": "a", "uid": "u", "x": "x" * size}}
            for number, size in enumerate(sizes)
        ]
        self.bodies: list[tuple[int, int]] = []
        """How many objects each answer held, and its bytes."""

    async def get(self, _: str, params: Mapping[str, str], *, at_most: int | None = None) -> bytes:
        """A page, unless it is longer than is wanted."""
        begin, limit = int(params.get("continue", 0)), int(params["limit"])
        items = self._items[begin : begin + limit]
        more = str(begin + limit) if begin + limit < len(self._items) else ""
        meta = {"resourceVersion": "1", "continue": more}
        body = json.dumps({"metadata": meta, "items": items}).encode()
        if at_most is not None and len(body) > at_most:
            raise OversizedError("too long")
        self.bodies.append((len(items), len(body)))
        return body

    def watch(self, *_: Any) -> Any:
        """Nobody asks."""
        raise NotImplementedError


async def listed(pages: Pages) -> list[str]:
    """The names that a list finds."""
    lister = Lister(KIND, pages, page_size=8, timeout=60)
    return [entry.meta.name for entry in (await lister.list(Interner())).entries]  # type: ignore[union-attr] # well-formed


async def test_pages_shrink_for_large_objects_and_grow_again(monkeypatch: Any) -> None:
    """None is longer than it may be, but for one object alone; none is left out or told twice."""
    monkeypatch.setattr(listing, "LONGEST_PAGE", 2000)
    monkeypatch.setattr(beside, "LONG", 1500)
    pages = Pages(*[10] * 8, *[900] * 6, 5000, *[10] * 20)
    assert await listed(pages) == [f"n{number}" for number in range(35)]
    assert all(size <= 2000 or count == 1 for count, size in pages.bodies)
    assert pages.bodies[0][0] == 8
    assert pages.bodies[-2][0] == 8
