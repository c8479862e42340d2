"""The API server itself keeps an old verdict from replacing what was written since."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from assessor.adapters.api_client import ApiClient
from assessor.adapters.clock import SystemClock
from assessor.adapters.credentials import KubeconfigCredentials
from assessor.adapters.status_writer import Outdated, StatusWriter, Target, Written
from playground.controlplane import ControlPlane
from tests.integration.kube import ASSESSMENTS, Json, Kube

T = TypeVar("T")


def write(plane: ControlPlane, use: Callable[[StatusWriter], Awaitable[T]]) -> T:
    """Have ``use`` write as the operator does."""

    async def run() -> T:
        client = ApiClient(KubeconfigCredentials(plane.admin_kubeconfig), SystemClock())
        try:
            return await use(StatusWriter(client))
        finally:
            await client.aclose()

    return asyncio.run(run())


def target(stored: Json) -> Target:
    """What a status made from ``stored`` is for."""
    meta = stored["metadata"]
    return Target(meta["namespace"], meta["name"], int(meta["resourceVersion"]))


def test_a_status_made_from_what_was_there_before_is_refused(kube: Kube, namespace: str) -> None:
    """Once another status, another spec or another object of that name is stored."""
    begun = kube.assess(namespace)

    async def twice(writer: StatusWriter) -> None:
        first = await writer.write(target(begun), {"catalogue": "1"})
        assert isinstance(first, Written)
        assert isinstance(await writer.write(target(begun), {"catalogue": "0"}), Outdated)
        after = Target(namespace, "baseline", first.resource_version)
        assert isinstance(await writer.write(after, {"catalogue": "2"}), Written)

    write(kube.plane, twice)
    assert kube.status(namespace) == {"catalogue": "2"}
    path = f"{ASSESSMENTS.format(namespace)}/baseline"
    written = kube.call("GET", path)
    kube.merge(path, {"spec": {"suspend": True}})
    assert isinstance(write(kube.plane, lambda w: w.write(target(written), {})), Outdated)
    kube.delete(path)
    kube.assess(namespace)
    assert isinstance(write(kube.plane, lambda w: w.write(target(written), {})), Outdated)
    assert kube.status(namespace) == {}
