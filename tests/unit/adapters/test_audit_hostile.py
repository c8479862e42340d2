"""What somebody may have written into an audit log: it is told, and costs no more than itself."""

import json
from pathlib import Path

import pytest

from assessor.adapters.audit_log import Reading, read
from assessor.kernel.errors import InputError
from tests.unit.adapters.audit_samples import Json, event

ENOUGH = 5
"""Seconds, many times over."""


def verbs(path: Path, text: str) -> tuple[list[str], Reading]:
    """What of a log is read, and what it came to."""
    path.write_text(text, encoding="utf-8")
    reading = Reading()
    return [use.request.verb for use in read([str(path)], reading)], reading


def holding(value: str, verb: str = "get", indent: int | None = None) -> str:
    """An event with a body of some text."""
    return json.dumps(event(verb, requestObject="VALUE"), indent=indent).replace('"VALUE"', value)


def nested(levels: int) -> str:
    """An object in an object in an object."""
    return '{"a":' * levels + "1" + "}" * levels


@pytest.mark.parametrize("place", [0, 1])
def test_an_event_that_is_nested_too_deep_is_one_piece(tmp_path: Path, place: int) -> None:
    """Wherever in a log of lines."""
    events = [json.dumps(event("list"))] * 2
    events.insert(place, holding(nested(100_000)))
    found, reading = verbs(tmp_path / "log", "\n".join(events) + "\n")
    assert (found, reading.garbled.count) == (["list", "list"], 1)


@pytest.mark.timeout(ENOUGH)
@pytest.mark.parametrize("levels", [1_000, 200_000])
def test_depth_costs_no_more_than_length(tmp_path: Path, levels: int) -> None:
    """Spread over many lines: read as far as the API server would, and given up beyond."""
    events = [json.dumps(event("list"), indent=1), holding(nested(levels), indent=1)]
    found, reading = verbs(tmp_path / "log", "\n".join(events))
    if levels == 1_000:
        assert (found, reading.garbled.count) == (["list", "get"], 0)
    else:
        assert (found, reading.garbled.count) == (["list"], 1)
        assert "event 2 and all after it: it is nested" in reading.garbled.places[0]


def test_depth_in_what_is_read(tmp_path: Path) -> None:
    """One event that nobody can build."""
    text = json.dumps(event("get"), indent=1)
    deep = text.replace('"verb"', f'"annotations": {nested(5_000)}, "verb"')
    found, reading = verbs(tmp_path / "log", f"{deep}\n{json.dumps(event('list'), indent=1)}")
    assert (found, reading.garbled.count) == (["list"], 1)


@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize("number", ["1e999", "-1e999", "1" + "0" * 40, "0.1e-999"])
def test_a_number_of_any_size_is_no_end(tmp_path: Path, number: str, indent: int | None) -> None:
    """Nor is it a reason to take lines for something else."""
    events = [holding(number, indent=indent), json.dumps(event("list"), indent=indent)]
    found, reading = verbs(tmp_path / "log", "\n".join(events) + "\n")
    assert (found, reading.garbled.count) == (["get", "list"], 0)
    half = "" if indent else '{"kind'
    found, reading = verbs(tmp_path / "log", "\n".join([*events, half]))
    assert (found, reading.garbled.count) == (["get", "list"], len(half) > 0)


@pytest.mark.parametrize("layout", [json.dumps, lambda made: json.dumps(made, indent=1)])
@pytest.mark.parametrize(
    "time", ["garbage", "", "2026-13-01T00:00:00Z", "2026-01-01", "2026-01-01T00:00:00", "20260101"]
)
def test_an_event_without_its_time_is_garbled(tmp_path: Path, layout: object, time: str) -> None:
    """A word sorts above every date, and everything would be older than the log."""
    assert callable(layout)
    events: list[Json] = [event("list"), event(requestReceivedTimestamp=time)]
    found, reading = verbs(tmp_path / "log", "\n".join(map(layout, events)))
    assert (found, reading.garbled.count) == (["list"], 1)
    assert reading.first == reading.last == event()["requestReceivedTimestamp"]
    assert "requestReceivedTimestamp" in reading.garbled.places[0]


@pytest.mark.parametrize(
    "content", [b"\x89PNG\r\n\x1a\n\x00", '{"a": 1}'.encode("utf-16"), b"nonsense"]
)
def test_what_is_no_json_at_all_is_told_in_words(tmp_path: Path, content: bytes) -> None:
    """On one line, without what is in the file."""
    path = tmp_path / "audit.log"
    path.write_bytes(content)
    with pytest.raises(InputError) as refused:
        list(read([str(path)], Reading()))
    assert str(refused.value).endswith(" in json text.")
