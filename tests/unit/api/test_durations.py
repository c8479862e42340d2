"""Durations are Kubernetes' own spelling, in hours, minutes and seconds."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor.api.durations import check_interval, parse_duration
from assessor.kernel.errors import InputError


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90s", 90), ("1m", 60), ("1h30m", 5400), ("720h", 2592000), ("1h1h", 7200), ("0s", 0)],
)
def test_spelling(text: str, seconds: int) -> None:
    """Parts add up, as in Go's ParseDuration."""
    assert parse_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "1", "30d", "1.5h", "-1h", "1 h", "h", "1h ", "1H", "1h\n"])
def test_other_spellings_are_refused_by_name(text: str) -> None:
    """What CEL's duration() or the CRD would refuse is refused here as well."""
    with pytest.raises(InputError, match="is not a duration"):
        parse_duration(text)


@given(st.integers(0, 999), st.integers(0, 999), st.integers(0, 999))
def test_any_amounts_add_up(hours: int, minutes: int, seconds: int) -> None:
    """The parse is the inverse of writing hours, minutes and seconds."""
    expected = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    assert parse_duration(f"{hours}h{minutes}m{seconds}s") == expected


@pytest.mark.parametrize("text", ["1m", "60s", "720h", "43200m"])
def test_bounds_are_inclusive(text: str) -> None:
    """Both ends of 1m..720h are allowed."""
    assert check_interval(text) == text


@pytest.mark.parametrize("text", ["59s", "720h1s", "999999h"])
def test_beyond_the_bounds(text: str) -> None:
    """An interval outside of them names the bounds."""
    with pytest.raises(ValueError, match="between 1m and 720h"):
        check_interval(text)
