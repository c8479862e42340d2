"""RBAC against its referee: SubjectAccessReview of the real API server, on random worlds.

`make conformance` asks 100,000 questions; ASSESSOR_QUESTIONS and ASSESSOR_SEED say otherwise. A
difference names its seed, which makes the same world and the same questions again.
"""

import os
import time

import pytest

from assessor.analysis.rbac.directory import Directory
from playground.controlplane import ControlPlane
from tests.conformance.rbac_world import Question, World
from tests.conformance.referee import PATIENCE, answers, filled, ours

ENVIRONMENT = os.environ  # noqa: TID251 - the size of a test run
QUESTIONS = int(ENVIRONMENT.get("ASSESSOR_QUESTIONS", "6000"))
FIRST_SEED = int(ENVIRONMENT.get("ASSESSOR_SEED", "1"))
A_WORLD = 2000
"""Questions that are asked of one world."""

SEEDS = range(FIRST_SEED, FIRST_SEED + max(1, QUESTIONS // A_WORLD))


def differences(plane: ControlPlane, directory: Directory, asked: list[Question]) -> list[Question]:
    """The questions that the API server and we answer differently."""
    told = answers(plane, asked)
    return [
        each for each, allowed in zip(asked, told, strict=True) if ours(directory, each) != allowed
    ]


@pytest.mark.parametrize("seed", SEEDS)
def test_authorizer_agrees_with_the_api_server(plane: ControlPlane, seed: int) -> None:
    """Not one difference, about every spelling of subjects, names, subresources and URLs."""
    world = World(seed)
    plane.apply(world.objects())
    try:
        directory = filled(plane, world)
        asked = world.questions(min(A_WORLD, QUESTIONS))
        share = sum(ours(directory, each) for each in asked) / len(asked)
        assert 0.03 < share < 0.97, "too few of one answer to prove anything"
        left = differences(plane, directory, asked)
        deadline = time.monotonic() + PATIENCE
        while left and time.monotonic() < deadline:
            # What the authorizer had not seen yet it will see; a real difference stays.
            time.sleep(0.2)
            left = differences(plane, directory, left)
        assert not left, f"ASSESSOR_SEED={seed}: {len(left)} differences, such as {left[0]}"
    finally:
        plane.delete(each for each in world.objects() if "namespace" not in each["metadata"])
