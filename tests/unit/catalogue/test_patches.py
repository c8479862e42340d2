"""Patches: paths, and what applying them does."""

from typing import Any

import pytest

from assessor.catalogue.patches import Change, patched, steps


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("spec", ("spec",)),
        (
            "spec.containers[0].ports[12].hostPort",
            ("spec", "containers", 0, "ports", 12, "hostPort"),
        ),
        ("metadata.annotations['a.b/c']", ("metadata", "annotations", "a.b/c")),
    ],
)
def test_paths(path: str, found: tuple[Any, ...]) -> None:
    """As findings write them."""
    assert steps(path) == found


@pytest.mark.parametrize("path", ["spec..x", "spec.x-y", "[a]"])
def test_what_is_no_path(path: str) -> None:
    """Refused, not guessed at."""
    with pytest.raises(ValueError, match="is not a path"):
        steps(path)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (Change("a.b", value=True), {"a": {"b": True}, "l": [{"x": 1}, 2]}),
        (Change("l[0].y.z", ["w"]), {"a": {}, "l": [{"x": 1, "y": {"z": ["w"]}}, 2]}),
        (Change("l[0].x"), {"a": {}, "l": [{}, 2]}),
        (Change("l[1]"), {"a": {}, "l": [{"x": 1}]}),
        (Change("a.b.c"), {"a": {}, "l": [{"x": 1}, 2]}),
        (Change("a"), {"l": [{"x": 1}, 2]}),
        (Change("n.m"), {"a": {}, "l": [{"x": 1}, 2]}),
    ],
)
def test_a_change_sets_or_removes(change: Change, expected: dict[str, Any]) -> None:
    """What is missing above a value is made, and above what is removed it is not."""
    manifest: dict[str, Any] = {"a": {}, "l": [{"x": 1}, 2]}
    assert patched(manifest, (change,)) == expected
    assert manifest == {"a": {}, "l": [{"x": 1}, 2]}, "the original stays as it is"


@pytest.mark.parametrize("path", ["l[7].x", "l.x", "a[0]"])
def test_a_path_that_does_not_fit_is_told(path: str) -> None:
    """A patch is for the object that it was computed for."""
    with pytest.raises(ValueError, match="does not fit"):
        patched({"a": {}, "l": [{"x": 1}]}, (Change(path, value=1),))


def test_a_value_is_nobody_else_s() -> None:
    """Two objects that get the same value do not share it."""
    change = Change("a", {"type": "RuntimeDefault"})
    first, second = patched({}, (change,)), patched({}, (change,))
    first["a"]["type"] = "other"
    assert second["a"] == change.value == {"type": "RuntimeDefault"}
