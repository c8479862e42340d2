"""How large a fleet is, and for how long it is measured."""

from msgspec import Struct


class Crowd(Struct, frozen=True):
    """The one namespace that is far larger than all others."""

    pods: int
    bindings: int


class Size(Struct, frozen=True):
    """A fleet at its full size; times are in seconds."""

    namespaces: int
    pods_each: int
    crowd: Crowd
    drift_seconds: int
    idle_seconds: int
    memory_goal_mib: int
    """Resident memory that docs/design/scale.md allows for so many pods."""
    growth: tuple[float, ...] = (0.25, 0.5, 1.0)
    """The parts of it that are measured one after the other."""


BINDINGS_EACH = 5
"""RoleBindings of one namespace; `objects.rbac` makes them."""

CHANGES_PER_SECOND = 50
CROWD_CHANGES_PER_SECOND = 10

SIZES = {
    "small": Size(
        40,
        10,
        Crowd(200, 60),
        drift_seconds=3,
        idle_seconds=3,
        memory_goal_mib=120,
    ),
    "standard": Size(
        1_000,
        10,
        Crowd(5_000, 1_000),
        drift_seconds=20,
        idle_seconds=30,
        memory_goal_mib=120,
    ),
    "large": Size(
        1_000,
        50,
        Crowd(5_000, 1_000),
        drift_seconds=20,
        idle_seconds=30,
        memory_goal_mib=256,
    ),
}
