"""After all faults: what the operator did meanwhile, as the API server logged it."""

import pytest

from playground.controlplane import ControlPlane
from tests.faults import witness

pytestmark = pytest.mark.last


def test_nothing_of_others_was_written_and_no_secret_was_read(plane: ControlPlane) -> None:
    """Every write was a status of ours or an Event about one; no request was for a Secret."""
    seen, accused = witness.accusations(plane)
    assert seen > 50, "the operator was hardly seen: the log proves nothing"
    assert accused == set()
    assert witness.foreign_events(plane) == []
