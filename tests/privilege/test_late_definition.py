"""What the right to follow definitions is for: where their kind comes late, nobody waits for it."""

import datetime as dt
import os
from collections.abc import Iterator

import pytest

from playground import binary, installation
from playground.controlplane import ControlPlane
from tests.faults import witness
from tests.integration.kube import Json, Kube, eventually
from tests.privilege.rights import SHIPPED, rights, without
from tests.privilege.stage import ALL, USABLE, Operator

DEFINITIONS = [right for right in rights(SHIPPED) if right.resource == "customresourcedefinitions"]
FAILURES = 5
"""After so many the next try is 4 to 8 s away, unless somebody cuts the wait."""


@pytest.fixture(scope="module")
def bare() -> Iterator[ControlPlane]:
    """A cluster with the operator's roles, in which its kind was not defined yet."""
    with ControlPlane(binary.find(os.environ)) as running:  # noqa: TID251 - names the binary
        running.apply(installation.operator_without_pod())
        yield running


def found_after(plane: ControlPlane, roles: list[Json], name: str) -> dt.timedelta:
    """From the last list that found no such kind to the first that found it."""
    plane.apply(roles)
    begin = witness.logged(plane)
    operator = Operator(plane, name=name)
    try:
        operator.start()
        eventually(lambda: len(_lists(plane, begin, 404)) >= FAILURES)
        plane.apply(installation.custom_resources())
        eventually(lambda: operator.metric_sum(USABLE, 'resource="securityassessments"') == 1)
        # It does not end over it, however often it was refused.
        assert operator.answers("/healthz")
        assert not operator.metric_sum("kube_assessor_kopf_restarts_total")
    finally:
        operator.kill()
    found = min(_lists(plane, begin, 200))
    before = max(at for at in _lists(plane, begin, 404) if at < found)
    plane.delete(installation.custom_resources())
    eventually(lambda: Kube(plane).get(ALL) is None)
    return found - before


def _lists(plane: ControlPlane, begin: int, code: int) -> list[dt.datetime]:
    """When lists of our kind were answered so."""
    return [
        dt.datetime.fromisoformat(event["requestReceivedTimestamp"])
        for event in witness.requests(plane, begin)
        if event.get("objectRef", {}).get("resource") == "securityassessments"
        and (event["verb"], event["responseStatus"]["code"]) == ("list", code)
    ]


def test_it_is_found_sooner_than_without(bare: ControlPlane) -> None:
    """Either way it is found; how long that takes is compared, not measured."""
    blind = [without(role, DEFINITIONS) for role in SHIPPED if role["kind"] == "ClusterRole"]
    later = found_after(bare, blind, "blind")
    sooner = found_after(bare, SHIPPED, "sighted")
    assert sooner < later / 2, f"{sooner} with the right, {later} without"
