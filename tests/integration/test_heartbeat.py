"""The interval of an assessment in which nothing changes, seen over the run of the other tests."""

import datetime as dt

import pytest
from tests.integration.kube import Json, Kube

pytestmark = pytest.mark.last

SHORTEST = dt.timedelta(minutes=1)


def test_interval_beats_without_a_change(kube: Kube, heartbeat: tuple[str, Json]) -> None:
    """After its interval an unchanged assessment is judged again, and only the times move."""
    namespace, first = heartbeat
    then = dt.datetime.fromisoformat(first["nextAssessmentTime"])
    planned = then - dt.datetime.fromisoformat(first["lastAssessedTime"])
    assert 0.8 * SHORTEST < planned <= SHORTEST
    again = kube.judged(
        namespace,
        when=lambda s: s["lastAssessedTime"] != first["lastAssessedTime"],
        within=75,
    )
    assert dt.datetime.fromisoformat(again["lastAssessedTime"]) >= then
    times = ("lastAssessedTime", "nextAssessmentTime")
    assert without(again, times) == without(first, times)


def without(status: Json, fields: tuple[str, ...]) -> Json:
    """A status without some of its fields."""
    return {name: value for name, value in status.items() if name not in fields}
