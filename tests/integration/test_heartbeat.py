"""The interval of an assessment in which nothing changes, seen over the run of the other tests."""

import datetime as dt

import pytest

from tests.integration.kube import Json, Kube

pytestmark = pytest.mark.last

SHORTEST = dt.timedelta(minutes=1)


def test_interval_beats_without_a_change(kube: Kube, heartbeat: str) -> None:
    """An interval after the last change it is judged again, and nothing but the times moves."""
    before = kube.judged(heartbeat)
    after = kube.judged(heartbeat, when=lambda s: unchanged_for(s) > 0.8 * SHORTEST, within=90)
    planned = moment(after, "nextAssessmentTime") - moment(after, "lastAssessedTime")
    assert 0.8 * SHORTEST < planned <= SHORTEST
    assert content(after) == content(before)


def moment(status: Json, field: str) -> dt.datetime:
    """One of the status's times."""
    return dt.datetime.fromisoformat(status[field])


def unchanged_for(status: Json) -> dt.timedelta:
    """How long its content was the same when it was last judged."""
    return moment(status, "lastAssessedTime") - moment(status, "lastChangeTime")


def content(status: Json) -> Json:
    """A status without the times that a heartbeat moves."""
    times = ("lastAssessedTime", "nextAssessmentTime")
    return {name: value for name, value in status.items() if name not in times}
