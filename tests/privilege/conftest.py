"""A control plane of their own, so that nothing else changes a verdict while roles are compared."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from playground import installation, objects
from playground.controlplane import ControlPlane
from tests.integration.kube import Json
from tests.planes import prepared
from tests.privilege.stage import Stage

SCENE = Path(__file__).with_name("scene.yaml")


@pytest.fixture(scope="package")
def plane() -> Iterator[ControlPlane]:
    """A cluster with the operator's manifests, a namespace that is well and one that is not."""
    with prepared(scene()) as running:
        yield running


def scene() -> list[Json]:
    """What operators are to judge there."""
    return [*installation.surroundings(), *installation.samples(), *objects.load(SCENE)]


@pytest.fixture(scope="package")
def stage(plane: ControlPlane) -> Stage:
    """Where operators come and go."""
    return Stage(plane)


@pytest.fixture(scope="package")
def full(stage: Stage) -> dict[str, Json]:
    """The statuses under the shipped roles, by namespace."""
    with stage.operator() as operator:
        return stage.judged(operator)
