"""An assessment computed from scratch, to hold a stored status against."""

import asyncio
import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from msgspec.structs import replace

from assessor.adapters.api_client import ApiClient
from assessor.adapters.clock import SystemClock
from assessor.adapters.credentials import KubeconfigCredentials
from assessor.adapters.gathered import Gathered
from assessor.adapters.gathering import gather
from assessor.api.parsing import parse_spec
from assessor.controller.judge import Judge
from assessor.kernel.errors import InputError
from playground.controlplane import ControlPlane
from tests.integration.kube import eventually

Json = dict[str, Any]

TIMES = {
    "lastAssessedTime",
    "nextAssessmentTime",
    "lastChangeTime",
    "since",
    "lastResult",  # history too: a fresh assessment has none
    "lastTransitionTime",
}
EPOCH = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


class Cluster:
    """The whole cluster as one LIST of each kind tells it, with nothing remembered."""

    def __init__(self, plane: ControlPlane) -> None:
        """List everything, as an administrator and past every proxy."""
        self._gathered = asyncio.run(_gathered(plane))
        self._judge = Judge()

    def status(self, assessment: Json) -> Json:
        """What its status must say, apart from times."""
        made = self._judge.status(
            parse_spec(assessment["spec"]),
            self._gathered.snapshot(assessment["metadata"]["namespace"]),
            generation=assessment["metadata"]["generation"],
            previous={},
            now=EPOCH,
            next_at=EPOCH,
        )
        return timeless(made)

    def differences(self, assessment: Json) -> list[str]:
        """Where its stored status says something else, as lines for people."""
        try:
            fresh = self.status(assessment)
        except InputError:
            # Its namespace has gone: since it was listed, or, where the API server was killed while
            # the namespace went, without it. Such an orphan has nothing that could be judged.
            return []
        stored = timeless(assessment.get("status", {}))
        return list(_differences("", stored, fresh))


def await_fresh(
    plane: ControlPlane, assessments: Callable[[], Iterable[Json]], within: float = 60.0
) -> None:
    """Wait until each stored status is what a fresh look at the cluster says."""
    left: list[str] = []

    def look() -> bool:
        cluster = Cluster(plane)
        left[:] = [
            f"{stored['metadata']['namespace']} {difference}"
            for stored in assessments()
            for difference in cluster.differences(stored)
        ]
        return not left

    try:
        eventually(look, within=within)
    except AssertionError:
        raise AssertionError("statuses are not right:\n" + "\n".join(left[:20])) from None


def timeless(value: Any) -> Any:
    """The same without any times."""
    if isinstance(value, dict):
        return {key: timeless(each) for key, each in value.items() if key not in TIMES}
    return [timeless(each) for each in value] if isinstance(value, list) else value


async def _gathered(plane: ControlPlane) -> Gathered:
    client = ApiClient(KubeconfigCredentials(plane.admin_kubeconfig), SystemClock())
    try:
        return replace(await gather(client, None), confined=True)
    finally:
        await client.aclose()


def _differences(where: str, stored: Any, fresh: Any) -> Iterator[str]:
    if isinstance(stored, dict) and isinstance(fresh, dict):
        for key in sorted(stored.keys() | fresh.keys()):
            yield from _differences(f"{where}.{key}", stored.get(key), fresh.get(key))
    elif isinstance(stored, list) and isinstance(fresh, list) and len(stored) == len(fresh):
        for number, (one, other) in enumerate(zip(stored, fresh, strict=True)):
            yield from _differences(f"{where}[{number}]", one, other)
    elif stored != fresh:
        yield f"{where}: stored {stored!r:.200}, fresh {fresh!r:.200}"
