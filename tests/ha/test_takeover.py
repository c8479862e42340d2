"""Whatever ends the leader, the other goes on: nothing is lost, and never two write."""

import time

import pytest

from playground.errors import PlaygroundError
from tests.ha.pair import LEASE, Pair
from tests.integration.kube import eventually


def test_an_orderly_end(pair: Pair) -> None:
    """It finishes what it has begun and gives the lease back."""
    with pair.load.running():
        time.sleep(1)
        assert not pair.standby.leads
        held = pair.holder()
        pair.leader.stop()
        assert pair.holder() != held
        pair.standby.await_lead()
        time.sleep(1)
    pair.settles()
    pair.assert_one_after_the_other()
    assert pair.kube.call("GET", LEASE)["spec"]["leaseTransitions"] == 1


def test_a_crash_in_the_middle_of_writing(pair: Pair) -> None:
    """Its lease runs out; what it did not come to is judged by the other."""
    with pair.load.running():
        time.sleep(1)
        pair.leader.kill()
        pair.standby.await_lead()
        time.sleep(1)
    pair.settles()
    pair.assert_one_after_the_other()


def test_a_leader_that_hangs(pair: Pair) -> None:
    """When it goes on, another has led for long: it ends without a word, and says why."""
    with pair.load.running():
        time.sleep(1)
        pair.leader.pause()
        pair.standby.await_lead()
        time.sleep(1)
        pair.leader.resume()
        eventually(lambda: not pair.leader.alive)
        time.sleep(1)
    pair.settles()
    pair.assert_one_after_the_other()
    assert "lease kube-assessor-system/kube-assessor" in pair.leader.last_words()


def test_a_lease_that_somebody_deletes(pair: Pair) -> None:
    """Its holder makes it anew by its next renewal, and goes on alone."""
    held = pair.holder()
    with pair.load.running():
        pair.kube.delete(LEASE)
        eventually(lambda: pair.kube.get(LEASE))
        assert pair.holder() == held
        time.sleep(1)
    pair.settles()
    assert pair.leader.leads
    assert {write.replica for write in pair.writes()} == {pair.leader.name}


def test_an_api_server_that_is_away_for_longer_than_the_lease(pair: Pair) -> None:
    """Who led cannot know whether it still does, and ends; the other waits, and leads then."""
    pair.plane.stop_api_server()
    try:
        eventually(lambda: not pair.leader.alive)
        with pytest.raises(PlaygroundError):
            pair.leader.stop()
        assert pair.standby.alive
        assert not pair.standby.leads
    finally:
        pair.plane.start_api_server()
    pair.standby.await_lead()
    for name in pair.load.namespaces:
        pair.load.change(name)
    pair.settles()
    pair.assert_one_after_the_other()


def test_who_stands_by_ends_in_order(pair: Pair) -> None:
    """It has nothing to give back, and the leader does not notice."""
    pair.standby.stop()
    pair.load.change(pair.load.namespaces[0])
    pair.settles()
    assert pair.leader.leads
    assert {write.replica for write in pair.writes()} == {pair.leader.name}
