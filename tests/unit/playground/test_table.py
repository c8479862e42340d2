"""A Table of the API server, printed as kubectl prints it."""

from typing import Any

from playground.table import rendered

TABLE: dict[str, Any] = {
    "columnDefinitions": [
        {"name": "Name", "priority": 0},
        {"name": "Score", "priority": 0},
        {"name": "Message", "priority": 1},
    ],
    "rows": [
        {"cells": ["baseline", 100, "fine"], "object": {"metadata": {"namespace": "a"}}},
        {"cells": ["b", None, "blind"], "object": {"metadata": {"namespace": "longer"}}},
    ],
}


def test_columns_are_aligned_and_named_in_capitals() -> None:
    """Three blanks between columns, nothing after the last, an absent value as kubectl has it."""
    assert rendered(TABLE).splitlines() == [
        "NAME       SCORE",
        "baseline   100",
        "b          <none>",
    ]


def test_wide_and_all_namespaces() -> None:
    """What -o wide and -A add."""
    lines = rendered(TABLE, wide=True, namespaces=True).splitlines()
    assert lines[0] == "NAMESPACE   NAME       SCORE    MESSAGE"
    assert lines[2] == "longer      b          <none>   blind"


def test_an_empty_table_has_its_heading() -> None:
    """No row is no error."""
    assert rendered(TABLE | {"rows": []}) == "NAME   SCORE"
