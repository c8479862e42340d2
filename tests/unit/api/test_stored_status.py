"""A stored status is read as far as it can be, whoever wrote it."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor.api.status import SecurityAssessmentStatus
from assessor.api.stored_status import readable

RECORDED = Path(__file__).parents[2] / "upgrade" / "recorded"
STATUSES = [
    assessment["status"]
    for path in sorted(RECORDED.glob("*/assessments.json"))
    for assessment in json.loads(path.read_text(encoding="utf-8"))
]
CONTROL = {"id": "NET-01", "result": "Fail", "reason": "Findings", "since": "2026-01-01T00:00:00Z"}
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)
FIELDS = [field.alias or name for name, field in SecurityAssessmentStatus.model_fields.items()]


@pytest.mark.parametrize("status", STATUSES)
def test_what_earlier_versions_wrote_is_whole(status: dict[str, Any]) -> None:
    """Nothing of it is left out, and it is not copied."""
    assert readable(status) is status


def test_one_bad_member_costs_no_other() -> None:
    """Each verdict is history of its own."""
    bad: list[Any] = [{"id": "NET-02", "result": "Later", "reason": "A"}, "x", {"result": "Pass"}]
    assert readable({"controls": [*bad, CONTROL]}) == {"controls": [CONTROL]}


def test_fields_of_later_versions_are_left_out() -> None:
    """At the top and in members; what is known beside them stays."""
    status = {"later": 1, "score": 7, "controls": [{**CONTROL, "later": {}}]}
    assert readable(status) == {"score": 7, "controls": [CONTROL]}


@pytest.mark.parametrize("value", ["7", 7.5, True, None, [7], -1, 101])
def test_types_are_not_guessed(value: Any) -> None:
    """A text of digits is no number, and a number out of its bounds is none of ours."""
    assert readable({"score": value}) == {}


@given(st.dictionaries(st.sampled_from(FIELDS) | st.text(max_size=5), JSON))
def test_whatever_is_stored_can_be_read(status: dict[str, Any]) -> None:
    """What remains is one of ours, and reading it again changes nothing."""
    kept = readable(status)
    SecurityAssessmentStatus.model_validate_json(json.dumps(kept))
    assert readable(kept) == kept
