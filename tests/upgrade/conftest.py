"""A control plane whose definitions are replaced, as upgrades do."""

from collections.abc import Iterator

import pytest

from playground import installation
from playground.controlplane import ControlPlane
from tests.planes import prepared


@pytest.fixture(scope="module")
def plane() -> Iterator[ControlPlane]:
    """Without any operator, so that what is stored stays as it was stored."""
    samples = (m for m in installation.samples() if m["kind"] != "SecurityAssessment")
    with prepared(installation.surroundings(), samples) as running:
        yield running
