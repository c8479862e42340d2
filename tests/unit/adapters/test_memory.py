"""The allocator and the garbage collector are set up, and where they cannot be nothing fails."""

import ctypes
import gc
from collections.abc import Iterator

import pytest

from assessor.adapters import memory


@pytest.fixture(autouse=True)
def thawed() -> Iterator[None]:
    """What a test froze is searched for garbage again."""
    yield
    gc.unfreeze()


def test_what_was_imported_is_not_searched_for_garbage() -> None:
    """It is frozen."""
    gc.unfreeze()
    memory.tune()
    assert gc.get_freeze_count() > 10_000


def test_blocks_of_a_page_go_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """The thresholds stay where they are set; one arena serves all threads."""
    calls: list[tuple[int, ...]] = []

    class Libc:
        """What ctypes finds of the C library."""

        def mallopt(self, *call: int) -> None:
            """Keep the call."""
            calls.append(call)

    monkeypatch.setattr(ctypes, "CDLL", lambda _: Libc())
    memory.tune()
    assert calls == [(-3, 131072), (-1, 262144), (-8, 1)]


def test_another_c_library_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no mallopt in it."""
    monkeypatch.setattr(ctypes, "CDLL", lambda _: object())
    memory.tune()
