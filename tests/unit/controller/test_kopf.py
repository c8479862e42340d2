"""kopf is set up to touch nothing, and started again with patience."""

import asyncio
from typing import Any

import pytest
from kopf._cogs.structs.credentials import Vault, VaultKey

from assessor.adapters.credentials import Connection
from assessor.controller import kopf_runtime, kopf_setup
from assessor.controller.kopf_runtime import RESTART_DELAY, KopfRuntime
from tests.unit.adapters.cluster_server import ManualClock

TOKEN = "t"  # noqa: S105 - it opens nothing


class Source:
    """Credentials that never change."""

    def current(self) -> Connection:
        """The same."""
        return Connection(server="https://cluster.test", token=TOKEN)

    reload = current


class Stop:
    """A threading.Event that waits no time, and is set after some waits."""

    def __init__(self, waits: int) -> None:
        """Set after ``waits``."""
        self.seconds: list[float] = []
        self._waits = waits

    def is_set(self) -> bool:
        """Whether it has been waited for often enough."""
        return len(self.seconds) >= self._waits

    def wait(self, seconds: float) -> None:
        """Return at once."""
        self.seconds.append(seconds)


def test_kopf_writes_to_nobody_s_objects() -> None:
    """No Events, no peering objects, no annotations, and a finalizer that is nobody else's."""
    made = kopf_setup.settings(90.0)
    assert made.posting.enabled is False
    assert made.peering.standalone is True
    assert made.persistence.finalizer == "kube-assessor.dev/never-used"
    assert isinstance(made.persistence.diffbase_storage, kopf_setup.NoDiffBase)
    assert isinstance(made.persistence.progress_storage, kopf_setup.NoProgress)
    assert made.scanning.disabled is False


def test_kopf_that_keeps_ending_is_started_ever_more_slowly(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each start is a full list, so a fast loop of them would be a storm."""

    async def operator(**_: Any) -> None:
        raise RuntimeError("410")

    monkeypatch.setattr(kopf_setup.kopf, "operator", operator)
    restarts: list[None] = []
    runtime = KopfRuntime(Source(), lambda *_: None, lambda: restarts.append(None), silence=90.0)
    stop = Stop(waits=12)
    monkeypatch.setattr(runtime, "_stopping", stop)
    runtime._supervise()
    first, longest = RESTART_DELAY
    assert first / 2 <= stop.seconds[0] <= first
    assert all(longest / 2 <= seconds <= longest for seconds in stop.seconds[-4:])
    assert len(restarts) == 11, "told of each start, and of no end that was asked for"
    assert runtime.ends == 12


def test_kopf_that_ran_for_long_is_started_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """An end after a day is a new trouble, and not one more of the old."""
    seconds = [0.0]

    async def operator(**_: Any) -> None:
        seconds[0] += 3600

    monkeypatch.setattr(kopf_setup.kopf, "operator", operator)
    monkeypatch.setattr(kopf_runtime.time, "monotonic", lambda: seconds[0])
    runtime = KopfRuntime(Source(), lambda *_: None, lambda: None, silence=90.0)
    stop = Stop(waits=8)
    monkeypatch.setattr(runtime, "_stopping", stop)
    runtime._supervise()
    assert max(stop.seconds) <= RESTART_DELAY[0]
    assert runtime.ends == 1
    runtime._begun = seconds[0] - 2 * RESTART_DELAY[1]
    assert runtime.ends == 0, "it runs, and has for long enough"


async def test_credentials_that_are_handed_out_again_are_taken() -> None:
    """A token that never changes is refused once by an API server that is starting."""
    clock = ManualClock()
    login = kopf_setup.Login(Source(), clock)
    first = login.login()
    vault = Vault()
    await vault.populate({"login": first})
    refused = asyncio.create_task(vault.invalidate(VaultKey("login"), first))
    await vault.wait_for_emptiness()
    clock.seconds += kopf_setup.REFUSED_FOR
    await vault.populate({"login": login.login()})
    await refused
    assert vault.select()[1].info.token == TOKEN, "kopf takes them"
