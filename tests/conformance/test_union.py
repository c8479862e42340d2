"""What bindings grant together, refereed by SubjectAccessReview: creation by name takes two verbs.

Of each account of a random world and each of its namespaces: who may create Secrets or pods, by a
POST or by a server-side apply, has the atom of it in the union of its rights, and nobody else.
"""

import time
from collections.abc import Iterator
from itertools import product, repeat

import pytest

from assessor.analysis.rbac.aggregation import expanded
from assessor.analysis.rbac.atom_table import INDEX
from assessor.analysis.rbac.directory import CLUSTER, Directory
from assessor.analysis.rbac.holdings import Held, held, parts_of
from assessor.analysis.rbac.requests import Identity, Request, service_account
from assessor.analysis.rbac.union import united
from assessor.inventory.rbac import BoundRole, Role, RoleBinding
from playground.controlplane import ControlPlane
from tests.conformance.rbac_world import ACCOUNTS, NAMES, Question, World
from tests.conformance.referee import PATIENCE, answers, decoded, filled

SEEDS = range(5_000, 5_006)
HALVES = 0.6
"""Of a world's rules; else hardly anybody has one right by this binding and one by that."""

CREATED = {"secrets": INDEX.mask("secrets-create"), "pods": INDEX.mask("pods-create")}

Case = tuple[Identity, str, str]
"""Who, in which namespace, and what is created."""


def cases(world: World) -> list[Case]:
    """All of them."""
    accounts = [service_account(*each) for each in product(world.namespaces, ACCOUNTS)]
    return list(product(accounts, world.namespaces, CREATED))


def questions(case: Case) -> Iterator[Question]:
    """A POST's, then of each name those of an apply."""
    identity, namespace, kind = case
    asked = [Request("create", kind, namespace=namespace)]
    for name in (*NAMES, "nobody"):
        asked += [Request(v, kind, namespace=namespace, name=name) for v in ("create", "patch")]
    for request in asked:
        yield Question(identity.user, tuple(sorted(identity.groups)), request)


def referee(plane: ControlPlane, asked: list[Case]) -> list[bool]:
    """Whether the API server lets each create anything."""
    told = iter(list(answers(plane, [each for case in asked for each in questions(case)])))
    found = []
    for _ in asked:
        post, *applies = (next(told) for _ in range(1 + 2 * len((*NAMES, "nobody"))))
        found.append(post or any(map(min, applies[::2], applies[1::2])))
    return found


def holds(directory: Directory, case: Case) -> Iterator[Held]:
    """The bindings of a subject that count in a namespace."""
    identity, namespace, _ = case
    for place in (CLUSTER, namespace):
        for binding in directory.bindings_of(identity, place):
            yield held(BoundRole(binding, directory.role_of(binding)), own=True)


def ours(directory: Directory, case: Case) -> bool:
    """Whether we say so."""
    union = united(parts_of(list(holds(directory, case))))
    return bool(union.held & CREATED[case[2]])


@pytest.mark.parametrize("seed", SEEDS)
def test_who_creates_by_several_bindings_is_known(plane: ControlPlane, seed: int) -> None:
    """Not one difference."""
    world = World(seed, HALVES)
    plane.apply(world.objects())
    try:
        directory = filled(plane, world)
        left = cases(world)
        deadline = time.monotonic() + PATIENCE
        while left:
            told = referee(plane, left)
            left = [c for c, yes in zip(left, told, strict=True) if ours(directory, c) != yes]
            # What the authorizer had not seen yet it will see; a real difference stays.
            assert not left or time.monotonic() < deadline, f"seed {seed}: {left[0]}"
    finally:
        plane.delete(each for each in world.objects() if "namespace" not in each["metadata"])


def test_most_worlds_have_a_case_that_takes_several_bindings() -> None:
    """Or else that there is no difference proves nothing."""
    assert sum(any(map(takes_several, *of(World(seed, HALVES)))) for seed in SEEDS) > len(SEEDS) / 2


def of(world: World) -> tuple[Iterator[Directory], list[Case]]:
    """A world's directory, again for each of its cases."""
    records = decoded(world.objects())
    roles = expanded(each for each in records if isinstance(each, Role))
    directory = Directory(roles, [each for each in records if isinstance(each, RoleBinding)])
    return repeat(directory), cases(world)


def takes_several(directory: Directory, case: Case) -> bool:
    """Whether somebody creates what none of his bindings lets him create."""
    alone = (each.part.powers.held & CREATED[case[2]] for each in holds(directory, case))
    return ours(directory, case) and not any(alone)
