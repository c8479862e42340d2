"""A list puts right what hints got wrong."""

from typing import Any

import msgspec
import pytest

from assessor.controller.assessments import AssessmentKey, Observation, Registry
from assessor.controller.relist import relist
from assessor.kernel.errors import RecordError


class Pages:
    """Answers a list with prepared pages, by their continue tokens."""

    def __init__(self, *pages: list[dict[str, Any]]) -> None:
        """Keep the pages."""
        self.pages = pages

    async def get(self, path: str, params: dict[str, str] | None = None) -> bytes:
        """Answer one page."""
        assert path.endswith("/securityassessments")
        index = int((params or {}).get("continue", "0"))
        following = str(index + 1) if index + 1 < len(self.pages) else ""
        return msgspec.json.encode(
            {"metadata": {"continue": following}, "items": self.pages[index]}
        )


def item(name: str, *, version: int = 5, uid: str = "u") -> dict[str, Any]:
    """Build one listed object."""
    metadata = {
        "name": name,
        "namespace": "payments",
        "uid": uid,
        "resourceVersion": str(version),
        "generation": 1,
    }
    return {"metadata": metadata, "spec": {"failOn": "Low"}, "status": {"score": 3}}


async def compare(registry: Registry, pages: Pages) -> tuple[list[str], list[str], int]:
    """Run one relist; return names seen, names deleted, and the count."""
    seen: list[Observation] = []
    deleted: list[AssessmentKey] = []
    count = await relist(
        pages, registry, on_seen=seen.append, on_deleted=lambda key, _: deleted.append(key)
    )
    return [s.key.name for s in seen], [d.name for d in deleted], count


def knowing(*names: str) -> Registry:
    """Build a registry that knows ``names`` at version 5."""
    registry = Registry()
    for name in names:
        key = AssessmentKey("payments", name)
        registry.observe(Observation(key, "u", 1, 5, {}, {}))
    return registry


async def test_unknown_and_newer_ones_are_seen_on_every_page() -> None:
    """What an event should have told is told by the list."""
    pages = Pages([item("a"), item("b", version=9)], [item("c")])
    assert await compare(knowing("a", "b"), pages) == (["b", "c"], [], 3)


async def test_missing_ones_are_deleted() -> None:
    """A deletion that no event told of is noticed."""
    assert await compare(knowing("a", "b"), Pages([item("a")])) == ([], ["b"], 1)


async def test_what_was_restored_from_a_backup_is_seen() -> None:
    """Versions that went back mean that the storage did: what it holds now counts."""
    registry = knowing("a")
    assert await compare(registry, Pages([item("a", version=3)])) == (["a"], [], 1)
    known = registry.get(AssessmentKey("payments", "a"))
    assert known
    assert registry.observe(Observation(AssessmentKey("payments", "a"), "u", 2, 3, {}, {}))


async def test_a_list_that_our_own_write_overtook_is_old_news() -> None:
    """It shows what was stored before the write, which came while the list was read."""
    registry = knowing("a")
    key = AssessmentKey("payments", "a")

    class Slow(Pages):
        async def get(self, path: str, params: dict[str, str] | None = None) -> bytes:
            registry.wrote(key, "u", {"score": 7}, 6)
            return await super().get(path, params)

    assert await compare(registry, Slow([item("a")])) == ([], [], 1)
    known = registry.get(key)
    assert known
    assert known.version == 6


async def test_a_list_of_another_shape_is_an_error() -> None:
    """Nothing is taken for deleted because an answer could not be read."""

    class Garbage:
        async def get(self, path: str, params: dict[str, str] | None = None) -> bytes:
            del path, params
            return b'{"items": 3}'

    with pytest.raises(RecordError):
        await relist(
            Garbage(),
            knowing("a"),
            on_seen=lambda _: None,
            on_deleted=lambda *_: pytest.fail("deleted"),
        )


async def test_what_is_deleted_while_it_is_listed_stays_so() -> None:
    """The list was true when it began; one that was made anew under the name is seen."""
    registry = knowing("a", "b")

    class Deleting(Pages):
        async def get(self, path: str, params: dict[str, str] | None = None) -> bytes:
            for name in ("a", "b"):
                registry.forget(AssessmentKey("payments", name))
            return await super().get(path, params)

    pages = Deleting([item("a"), item("b", version=6, uid="anew")])
    assert await compare(registry, pages) == (["b"], [], 2)
