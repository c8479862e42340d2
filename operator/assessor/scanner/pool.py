"""Files scanned by several processes, their results taken in the files' order."""

import gc
import multiprocessing
import os
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from typing import Any, TypeVar

from assessor.kernel.errors import InputError
from assessor.scanner.settings import Settings
from assessor.scanner.working import Packed, begin, scan_each

TASK = 16
"""Files that a process is given at once."""
AHEAD = 6
"""Tasks for each process that wait or are done before their turn: what bounds the memory."""

METHOD = "fork" if sys.platform == "linux" else "spawn"
"""Forked, a process has everything imported; no thread is there yet that could be cut off."""

T = TypeVar("T")
R = TypeVar("R")

_forked: list[Callable[[list[Any]], Any]] = []
"""What forked processes do; set before they are made."""


def scan_in_processes(files: Iterable[str], settings: Settings) -> Iterator[Packed]:
    """Each file's scan, in order; InputError where a process was ended.

    The first files are scanned here, so that forked processes begin with decoders that are built
    and lines that are known.
    """
    rest = iter(files)
    begin(settings)
    yield from scan_each(list(islice(rest, TASK)))
    pool = ProcessPoolExecutor(
        cores(), multiprocessing.get_context(METHOD), initializer=begin, initargs=(settings,)
    )
    for packed in _results(pool, scan_each, rest, TASK):
        yield from packed


def in_forks(work: Callable[[list[T]], R], items: Sequence[T]) -> Iterator[R]:
    """The results of ``work`` on parts of ``items``, by processes that see this one's memory."""
    _forked[:] = [work]
    gc.freeze()
    pool = ProcessPoolExecutor(cores(), multiprocessing.get_context("fork"))
    yield from _results(pool, _work_forked, items, max(1, len(items) // (cores() * 8)))


def _work_forked(items: list[Any]) -> Any:
    return _forked[0](items)


def _results(
    pool: ProcessPoolExecutor, work: Callable[[list[T]], R], items: Iterable[T], size: int
) -> Iterator[R]:
    """In order, and never far ahead of whoever takes them."""
    rest, pending, most = iter(items), deque[Future[R]](), cores() * AHEAD
    try:
        _fill(pool, work, rest, pending, (size, most))
        while pending:
            yield pending.popleft().result()
            _fill(pool, work, rest, pending, (size, most))
    except BrokenProcessPool as error:
        raise InputError("a process that scanned files was ended; is memory short?") from error
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _fill(
    pool: ProcessPoolExecutor,
    work: Callable[[list[T]], R],
    items: Iterator[T],
    pending: deque[Future[R]],
    limits: tuple[int, int],
) -> None:
    size, most = limits
    while len(pending) < most and (task := list(islice(items, size))):
        pending.append(pool.submit(work, task))


def cores() -> int:
    """How many processes can run at once."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
