"""A control plane of their own for two replicas, and namespaces under load."""

import os
from collections.abc import Iterator

import pytest

from playground import binary, installation
from playground.controlplane import ControlPlane
from tests.ha.pair import Pair


@pytest.fixture(scope="module")
def plane() -> Iterator[ControlPlane]:
    """Without any other operator: whoever writes here has to hold the lease."""
    with ControlPlane(binary.find(os.environ)) as running:  # noqa: TID251 - names the binary
        running.apply(installation.custom_resources())
        running.apply(installation.operator_without_pod())
        yield running


@pytest.fixture
def pair(plane: ControlPlane) -> Iterator[Pair]:
    """One replica that leads and one that stands by, and namespaces that change all the time."""
    with Pair(plane) as running:
        yield running
