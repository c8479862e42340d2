"""What tests of several folders share: one control plane for a run, started when asked for."""

import os
from collections.abc import Iterator

import pytest

from playground import binary, installation
from playground.controlplane import ControlPlane


@pytest.fixture(scope="session")
def plane() -> Iterator[ControlPlane]:
    """The control plane, with the CRD and the operator's manifests applied."""
    with ControlPlane(binary.find(os.environ)) as running:  # noqa: TID251 - names the binary
        running.apply(installation.custom_resources())
        running.apply(installation.operator_without_pod())
        yield running
