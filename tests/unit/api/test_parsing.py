"""Raw specs become models with defaults, or errors that name the field."""

from datetime import timedelta
from typing import Any

import pytest

from assessor.api.fields import FailOn
from assessor.api.parsing import parse_spec
from assessor.kernel.errors import InputError


def test_an_empty_spec_has_the_documented_defaults() -> None:
    """The defaults are those that the CRD states."""
    assert parse_spec({}).model_dump(by_alias=True, mode="json") == {
        "profile": "restricted",
        "failOn": "High",
        "controls": {"include": [], "exclude": [], "severities": {}},
        "interval": "1h",
        "suspend": False,
        "reporting": {"events": "Transitions", "maxFindings": 50},
    }


def test_a_full_spec_is_read() -> None:
    """Every field arrives."""
    spec = parse_spec(
        {
            "profile": "full",
            "failOn": "Critical",
            "controls": {
                "include": ["NET-*"],
                "exclude": ["NET-02"],
                "severities": {"WORKLOAD-09": "Low"},
            },
            "interval": "1h30m",
            "suspend": True,
            "reporting": {"events": "Transitions", "maxFindings": 0},
        }
    )
    assert spec.profile == "full"
    assert spec.fail_on is FailOn.CRITICAL
    assert spec.controls.include == ("NET-*",)
    assert spec.controls.exclude == ("NET-02",)
    assert spec.controls.severities == {"WORKLOAD-09": FailOn.LOW}
    assert spec.period == timedelta(minutes=90)
    assert spec.suspend is True
    assert spec.reporting.max_findings == 0


def test_unknown_fields_are_ignored() -> None:
    """A field of a newer version does not stop an older operator."""
    assert parse_spec({"later": 1, "controls": {"later": 2}}) == parse_spec({})


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        ({"failOn": "Info"}, "spec.failOn: "),
        ({"interval": "30d"}, "spec.interval: '30d' is not a duration"),
        ({"interval": "10s"}, "spec.interval: must be between 1m and 720h"),
        ({"suspend": "yes"}, "spec.suspend: "),
        ({"profile": "Full!"}, "spec.profile: "),
        ({"reporting": {"maxFindings": 201}}, "spec.reporting.maxFindings: "),
        ({"reporting": {"maxFindings": "5"}}, "spec.reporting.maxFindings: "),
        ({"controls": {"include": ["NET-*", "net"]}}, "spec.controls.include[1]: "),
        ({"controls": {"exclude": ["A"] * 65}}, "spec.controls.exclude: "),
        ({"controls": {"severities": {"NET-01": "Info"}}}, "spec.controls.severities.NET-01: "),
        ({"controls": {"severities": {"net": "Low"}}}, "spec.controls.severities: 'net' is not"),
        (["no", "mapping"], "spec: "),
    ],
)
def test_an_unusable_field_is_named(raw: Any, field: str) -> None:
    """The message starts with the path of the field, as a person would write it."""
    with pytest.raises(InputError) as caught:
        parse_spec(raw)
    assert str(caught.value).startswith(field)


def test_all_unusable_fields_are_named_at_once() -> None:
    """One round of corrections is enough."""
    with pytest.raises(InputError, match=r"spec\.failOn: .*; spec\.interval: "):
        parse_spec({"failOn": "x", "interval": "x"})
