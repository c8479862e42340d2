"""What the operator does while nothing changes; the API server's audit log is the witness."""

import asyncio
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import msgspec
from msgspec import Struct

from assessor.reporting.status import content_hash
from playground.operator_process import ACCOUNT, NAMESPACE, OperatorProcess
from tests.bench.fleet.errors import BenchError
from tests.bench.fleet.statuses import Seen, StatusWatch

USER = f"system:serviceaccount:{NAMESPACE}:{ACCOUNT}"
READS = ("get", "list", "watch")
CALM = 2.0
PATIENCE = 60
"""Looks of ``CALM`` seconds each: a thousand Events take their time."""


class Idle(Struct, frozen=True):
    """A time without changes, in seconds."""

    seconds: float
    writes: int
    """All requests of the operator that write, heartbeats left out."""
    heartbeats: int
    cpu_share: float
    """Of one core."""


async def watch_idle(
    operator: OperatorProcess, watch: StatusWatch, audit_log: Path, seconds: float
) -> Idle:
    """Do nothing for a while, and tell what the operator did."""
    repeats: list[Seen] = []
    watch.heard = lambda before, seen: repeats.append(seen) if _same(before, seen) else None
    started, cpu = time.monotonic(), operator.cpu_seconds()
    with AuditTail(audit_log) as tail:
        await asyncio.sleep(seconds)
        writes = tail.writes()
    watch.heard = None
    took = time.monotonic() - started
    share = (operator.cpu_seconds() - cpu) / took
    return Idle(took, writes - len(repeats), len(repeats), share)


async def calm(audit_log: Path) -> None:
    """Wait until the Events of the stage before are told: no write for ``CALM`` seconds."""
    with AuditTail(audit_log) as tail:
        for _ in range(PATIENCE):
            await asyncio.sleep(CALM)
            if not tail.writes():
                return
    raise BenchError(f"the operator still writes after {PATIENCE * CALM:g} s without a change")


class AuditTail:
    """What is logged from entering on."""

    def __init__(self, path: Path) -> None:
        """``path``: of the log that is written to."""
        self._path = path

    def __enter__(self) -> Self:
        """Begin at its end."""
        self._log = self._path.open(encoding="utf-8")
        self._log.seek(0, os.SEEK_END)
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self._log.close()

    def writes(self) -> int:
        """How many writes of the operator were logged since the last look."""
        count = sum(map(_is_write, self._whole_lines()))
        # The API server may have begun another file meanwhile; the open one is the old one's end.
        if not os.path.samestat(os.fstat(self._log.fileno()), self._path.stat()):
            count += sum(map(_is_write, self._path.read_text(encoding="utf-8").splitlines()))
        return count

    def _whole_lines(self) -> Iterator[str]:
        """Those that were written to their end; of the one that is being written, later."""
        while True:
            begin = self._log.tell()
            line = self._log.readline()
            if not line.endswith("\n"):
                self._log.seek(begin)
                return
            yield line


def _is_write(line: str) -> bool:
    event = json.loads(line)
    return event["user"]["username"] == USER and event["verb"] not in READS


def _same(before: Seen | None, seen: Seen) -> bool:
    """Whether a status says what the one before said, at another time: a heartbeat."""
    if before is None:
        return False
    old, new = (content_hash(msgspec.json.decode(each.raw)) for each in (before, seen))
    return old == new
