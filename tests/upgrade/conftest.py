"""A control plane whose definitions are replaced, as upgrades do."""

import os
from collections.abc import Iterator

import pytest

from playground import binary, installation
from playground.controlplane import ControlPlane


@pytest.fixture(scope="module")
def plane() -> Iterator[ControlPlane]:
    """Without any operator, so that what is stored stays as it was stored."""
    with ControlPlane(binary.find(os.environ)) as running:  # noqa: TID251 - names the binary
        running.apply(installation.custom_resources())
        running.apply(installation.operator_without_pod())
        running.apply(installation.surroundings())
        running.apply(m for m in installation.samples() if m["kind"] != "SecurityAssessment")
        yield running
