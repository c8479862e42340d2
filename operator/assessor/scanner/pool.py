"""Files scanned by several processes, their results taken in the files' order."""

import multiprocessing
import os
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice

from assessor.kernel.errors import InputError
from assessor.scanner.settings import Settings
from assessor.scanner.working import Packed, begin, scan_each

TASK = 16
"""Files that a process is given at once."""
AHEAD = 6
"""Tasks for each process that wait or are done before their turn: what bounds the memory."""

_Pending = deque[Future[list[Packed]]]


def scan_in_processes(files: Iterable[str], settings: Settings) -> Iterator[Packed]:
    """Each file's scan, in order; InputError where a process was killed."""
    processes = cores()
    # Forked, a process has everything imported; no thread is there yet that could be cut off.
    method = "fork" if sys.platform == "linux" else "spawn"
    pool = ProcessPoolExecutor(
        processes, multiprocessing.get_context(method), initializer=begin, initargs=(settings,)
    )
    rest, pending = iter(files), _Pending()
    try:
        _fill(pool, rest, pending, processes * AHEAD)
        while pending:
            yield from pending.popleft().result()
            _fill(pool, rest, pending, processes * AHEAD)
    except BrokenProcessPool as error:
        raise InputError("a process that scanned files was ended; is memory short?") from error
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def cores() -> int:
    """How many processes can run at once."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _fill(pool: ProcessPoolExecutor, files: Iterator[str], pending: _Pending, most: int) -> None:
    while len(pending) < most and (task := list(islice(files, TASK))):
        pending.append(pool.submit(scan_each, task))
