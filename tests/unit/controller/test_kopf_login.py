"""What kopf is given to log in with, at the start and after a 401."""

import pytest

from assessor.adapters.credentials import Connection
from assessor.controller.kopf_setup import REFUSED_FOR, Login, kopf
from tests.unit.adapters.cluster_server import ManualClock

FIRST, SECOND = "one", "another"


class Source:
    """Credentials that are replaced by hand."""

    def __init__(self) -> None:
        """Start with a token."""
        self.connection = Connection(server="https://server.test", token=FIRST)

    def current(self) -> Connection:
        """What is known."""
        return self.connection

    def reload(self) -> Connection:
        """What is there now."""
        return self.connection


def test_refused_credentials_are_not_given_again_at_once() -> None:
    """It waits for others, and takes them as soon as they are there."""
    source, clock = Source(), ManualClock()
    login = Login(source, clock)
    assert login.login().token == FIRST
    with pytest.raises(kopf.TemporaryError):
        login.login()
    source.connection = Connection(server="https://server.test", token=SECOND)
    assert login.login().token == SECOND


def test_refused_credentials_are_tried_again_after_a_while() -> None:
    """The server may have been wrong; kopf accepts only what differs from what it saw refused."""
    clock = ManualClock()
    login = Login(Source(), clock)
    first = login.login()
    clock.seconds += REFUSED_FOR
    again = login.login()
    assert again.token == first.token
    assert again != first
    with pytest.raises(kopf.TemporaryError):
        login.login()
