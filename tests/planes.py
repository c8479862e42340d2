"""Control planes with what all operators of the tests need."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from playground import binary, installation
from playground.client import Json
from playground.controlplane import ControlPlane


@contextmanager
def prepared(*more: Iterable[Json]) -> Iterator[ControlPlane]:
    """One with the CRD and the operator's manifests, but for the Deployment, and ``more``."""
    with ControlPlane(binary.find(os.environ)) as plane:  # noqa: TID251 - names the binary
        for manifests in (
            installation.custom_resources(),
            installation.operator_without_pod(),
            *more,
        ):
            plane.apply(manifests)
        yield plane
