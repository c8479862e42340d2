"""A control plane of their own for two replicas, and namespaces under load."""

from collections.abc import Iterator

import pytest

from playground.controlplane import ControlPlane
from tests.ha.pair import Pair
from tests.planes import prepared


@pytest.fixture(scope="module")
def plane() -> Iterator[ControlPlane]:
    """Without any other operator: whoever writes here has to hold the lease."""
    with prepared() as running:
        yield running


@pytest.fixture
def pair(plane: ControlPlane) -> Iterator[Pair]:
    """One replica that leads and one that stands by, and namespaces that change all the time."""
    with Pair(plane) as running:
        yield running
