"""The Lease as an API server keeps it: each change is bound to what was read, and told of."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest
from msgspec.structs import replace

from assessor.adapters.api_client import ApiClient
from assessor.adapters.clock import SystemClock
from assessor.adapters.credentials import KubeconfigCredentials
from assessor.adapters.leases import Leases, LeaseSpec
from assessor.kernel.errors import ConflictError
from playground.controlplane import ControlPlane
from playground.operator_process import NAMESPACE
from tests.ha.pair import LEASES
from tests.integration.kube import Kube

T = TypeVar("T")

HELD = LeaseSpec(
    holder_identity="a",
    lease_duration_seconds=15,
    acquire_time="2026-01-01T00:00:00.000001Z",
    renew_time="2026-01-01T00:00:00.000001Z",
    lease_transitions=0,
)
RENEWED = replace(HELD, renew_time="2026-01-01T00:00:02.000001Z")


@pytest.fixture
def name() -> str:
    """A Lease that there is not yet."""
    return f"test-{secrets.token_hex(4)}"


def use(plane: ControlPlane, name: str, work: Callable[[Leases], Awaitable[T]]) -> T:
    """Do something with one Lease, as the operator would."""

    async def run() -> T:
        client = ApiClient(KubeconfigCredentials(plane.admin_kubeconfig), SystemClock())
        try:
            return await work(Leases(client, NAMESPACE, name))
        finally:
            await client.aclose()

    return asyncio.run(run())


def test_a_change_is_bound_to_what_was_read(plane: ControlPlane, name: str) -> None:
    """Of two that make it, or change the same, the second is refused."""

    async def work(leases: Leases) -> None:
        assert await leases.read() is None
        made = await leases.create(HELD)
        assert made == await leases.read()
        assert made.spec == HELD
        with pytest.raises(ConflictError):
            await leases.create(HELD)
        changed = await leases.change(made, RENEWED)
        assert changed == await leases.read()
        assert changed.spec == RENEWED
        with pytest.raises(ConflictError):
            await leases.change(made, HELD)

    use(plane, name, work)


def test_what_others_put_beside_it_stays(plane: ControlPlane, name: str, kube: Kube) -> None:
    """A renewal changes what it is about."""
    made = use(plane, name, lambda leases: leases.create(HELD))
    path = f"{LEASES}/{name}"
    kube.merge(path, {"metadata": {"annotations": {"note": "kept"}}})
    with pytest.raises(ConflictError):
        use(plane, name, lambda leases: leases.change(made, RENEWED))

    async def renew(leases: Leases) -> None:
        stored = await leases.read()
        assert stored
        await leases.change(stored, RENEWED)

    use(plane, name, renew)
    stored = kube.call("GET", path)
    assert stored["metadata"]["annotations"] == {"note": "kept"}
    assert stored["spec"]["renewTime"] == RENEWED.renew_time


def test_who_follows_it_hears_at_once_and_of_each_change(plane: ControlPlane, name: str) -> None:
    """That there is a lease is told first: so nothing is missed between two watches."""

    async def work(leases: Leases) -> None:
        made = await leases.create(HELD)
        told: asyncio.Queue[None] = asyncio.Queue()
        following = asyncio.create_task(leases.follow(lambda: told.put_nowait(None)))
        async with asyncio.timeout(30):
            await told.get()
            await leases.change(made, RENEWED)
            await told.get()
        following.cancel()

    use(plane, name, work)
