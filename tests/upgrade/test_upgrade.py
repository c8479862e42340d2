"""From the previous commit to this one, back, and forth again, while namespaces keep changing."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from playground import binary
from playground.controlplane import ControlPlane
from playground.operator_process import OperatorProcess
from tests.faults import witness
from tests.faults.fresh import await_fresh
from tests.ha.load import Load
from tests.integration.kube import Kube, control, eventually
from tests.stash import OPERATOR
from tests.upgrade.history import forgotten
from tests.upgrade.previous import CURRENT, NoHistoryError, Version

ENVIRONMENT = os.environ  # noqa: TID251 - which commit is the previous one
PREVIOUS = ENVIRONMENT.get("ASSESSOR_PREVIOUS", "HEAD~1")
BUSY, QUIET = 48, 12
"""Namespaces that change all the time, and that never do: there history can be compared."""
OVERLAP = 1.0
"""Seconds of load before and after each change of version."""
HARMLESS = {200, 404, 409, 504}
"""A status that is stored; one whose object has gone; one made from what is no more; and one whose
sender ended before the answer came, as API servers log it (seen with 1.37)."""

UNDECLARED = "field not declared in schema"
"""With this the API server refuses an apply, by code 500 (seen with 1.37)."""


@pytest.fixture(scope="module")
def previous(tmp_path_factory: pytest.TempPathFactory) -> Version:
    """The version before this one; where the checkout has no history, nothing can be tested."""
    folder: Path = tmp_path_factory.mktemp("previous")
    try:
        return Version.of(PREVIOUS, folder)
    except NoHistoryError as error:
        pytest.skip(f"THE UPGRADE FROM {PREVIOUS} IS NOT TESTED: {error}")


class Rollout:
    """A cluster under load, and one version of the operator after the other in it."""

    def __init__(self, plane: ControlPlane, request: pytest.FixtureRequest) -> None:
        """Nothing runs before ``install``."""
        self.plane, self.kube, self._session = plane, Kube(plane), request.session
        self._running: OperatorProcess | None = None
        self._number = 0

    def install(self, version: Version) -> None:
        """Apply it, start its operator, and only then end the one before: a rolling update."""
        self.plane.apply(version.custom_resources())
        self.plane.apply(version.operator_without_pod())
        self._number += 1
        starting = version.process(self.plane, f"operator-{self._number}")
        starting.start()
        if self._running is not None:
            self._running.stop()
        self._running = self._session.stash[OPERATOR] = starting

    def end(self) -> None:
        """End the operator."""
        if self._running is not None:
            self._running.kill()

    @property
    def errors(self) -> float:
        """What the operator counted of errors since it started."""
        assert self._running is not None
        return self._running.metric_sum("kube_assessor_errors_total")


@pytest.fixture
def rollout(previous: Version, request: pytest.FixtureRequest) -> Iterator[Rollout]:
    """A control plane of its own, with the previous definition served."""
    with ControlPlane(binary.find(ENVIRONMENT)) as plane:
        plane.apply(previous.custom_resources())
        made = Rollout(plane, request)
        yield made
        made.end()


@pytest.mark.timeout(300)
def test_nothing_is_lost(rollout: Rollout, previous: Version) -> None:
    """UIDs, specs and history stay; each status is right after it; no write was refused."""
    busy, quiet = Load(rollout.kube, BUSY), Load(rollout.kube, QUIET)
    rollout.install(previous)
    for name in (*busy.namespaces, *quiet.namespaces):
        rollout.kube.judged(name)
    before = {each["metadata"]["uid"]: each["status"] for each in quiet.stored()}

    for version in (CURRENT, previous, CURRENT):
        with busy.running():
            time.sleep(OVERLAP)
            rollout.install(version)
            time.sleep(OVERLAP)
        if version is CURRENT:
            await_fresh(rollout.plane, lambda: [*busy.stored(), *quiet.stored()])
        else:
            # What it must say in all, this version does not know; that it goes on judging, it does.
            eventually(lambda: _follows(busy), within=60)
        lost = [
            f
            for each in quiet.stored()
            for f in forgotten(before[each["metadata"]["uid"]], each["status"])
        ]
        assert lost == []
        assert rollout.errors == 0
    assert busy.changes > BUSY, "hardly anything changed"
    codes = set(_codes(rollout.plane))
    assert 200 in codes
    assert codes <= HARMLESS


def _codes(plane: ControlPlane) -> Iterator[int]:
    """How the API server answered what was written to statuses, where it had the fields for it.

    While the previous definition is served already, and the operator that it does not belong to
    still runs, it has not: those writes are tried again, by the operator that follows.
    """
    for event in witness.requests(plane):
        answer = event["responseStatus"]
        told = event.get("objectRef", {}).get("subresource") == "status"
        if told and UNDECLARED not in answer.get("message", ""):
            yield answer["code"]


def _follows(load: Load) -> bool:
    """Whether each status says of its namespace's isolation what the load made of it last."""
    return all(
        (control(each["status"], "NET-01")["result"] == "Pass")
        is load.isolated(each["metadata"]["namespace"])
        for each in load.stored()
    )
