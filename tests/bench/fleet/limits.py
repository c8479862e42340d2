"""What the machine and its API server allow: the operator's own requests, and nothing else done.

Both limits are measured as the operator's service account, so that they pass the same
authorization and the same queues (API Priority and Fairness).
"""

import asyncio
import statistics
import time
from collections.abc import Mapping

import msgspec
from msgspec import Struct

from assessor.adapters.informer import InformerSettings
from assessor.adapters.status_writer import (
    API_VERSION,
    APPLY,
    CONCURRENT_WRITES,
    KIND,
    UNWARNED,
)
from assessor.adapters.status_writer import PATH as STATUS_PATH
from assessor.inventory.kinds import CORE_KINDS
from tests.bench.fleet.api import Api, pooled
from tests.bench.fleet.drifting import Follow
from tests.bench.fleet.levers import Lever

LISTS = 3
"""How often the fleet is listed; the median counts."""


class Listed(Struct, frozen=True):
    """All observed kinds, listed once."""

    seconds: float
    megabytes: float


async def list_everything(api: Api) -> Listed:
    """LIST all observed kinds at once, page by page as the informers do, and decode nothing."""
    runs = [await _list_once(api) for _ in range(LISTS)]
    return Listed(statistics.median(run.seconds for run in runs), runs[0].megabytes)


async def write_statuses(api: Api, statuses: Mapping[str, bytes]) -> float:
    """Seconds for one server-side apply of each namespace's status, as many at once as it does."""
    bodies = [(path_of(namespace), _body(namespace, raw)) for namespace, raw in statuses.items()]
    started = time.monotonic()
    await pooled(CONCURRENT_WRITES, (_apply(api, path, body) for path, body in bodies))
    return time.monotonic() - started


def verdict_writer(api: Api, statuses: Mapping[str, bytes]) -> Follow:
    """What an operator would do that knows each verdict at once: write it, and nothing else."""
    slots = asyncio.Semaphore(CONCURRENT_WRITES)

    async def write(lever: Lever) -> None:
        status = msgspec.json.decode(statuses[lever.namespace], type=dict)
        control = next(each for each in status["controls"] if each["id"] == lever.control)
        control["result"] = lever.result
        body = _body(lever.namespace, msgspec.json.encode(status))
        async with slots:
            await _apply(api, path_of(lever.namespace), body)

    return write


def path_of(namespace: str) -> str:
    """Where a namespace's status is written."""
    return STATUS_PATH.format(namespace, "baseline")


async def _list_once(api: Api) -> Listed:
    started = time.monotonic()
    lengths = await asyncio.gather(*(_list(api, kind.path) for kind in CORE_KINDS))
    return Listed(time.monotonic() - started, sum(lengths) / 1e6)


async def _list(api: Api, path: str) -> int:
    length, params = 0, {"limit": str(InformerSettings().page_size)}
    while True:
        page = await api.discard(path, params)
        length += page.length
        if not page.next_page:
            return length
        params["continue"] = page.next_page


def _body(namespace: str, status: bytes) -> bytes:
    return msgspec.json.encode(
        {
            "apiVersion": API_VERSION,
            "kind": KIND,
            "metadata": {"name": "baseline", "namespace": namespace},
            "status": msgspec.Raw(status),
        }
    )


async def _apply(api: Api, path: str, body: bytes) -> None:
    params = {"fieldManager": "kube-assessor", "force": "true"} | UNWARNED
    await api.send("PATCH", path, body, params=params, content_type=APPLY)
