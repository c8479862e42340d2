"""Audit logs in every layout: read as far as they go, and what is lost is told."""

import gzip
import io
import json
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from assessor.adapters.audit_layout import LONGEST_LINE
from assessor.adapters.audit_log import Reading, read
from assessor.kernel.errors import InputError
from tests.unit.adapters.audit_samples import Json, event


def lines(events: list[Json]) -> str:
    """As kube-apiserver writes them."""
    return "".join(json.dumps(each) + "\n" for each in events)


def one_list(events: list[Json]) -> str:
    """As a webhook gets them."""
    listed = {"kind": "EventList", "apiVersion": "audit.k8s.io/v1", "metadata": {}, "items": events}
    return json.dumps(listed)


def pretty_list(events: list[Json]) -> str:
    """As people save them."""
    return json.dumps(json.loads(one_list(events)), indent=2)


def pretty_events(events: list[Json]) -> str:
    """One after the other, over many lines each."""
    return "\n".join(json.dumps(each, indent=4) for each in events)


def two_lists(events: list[Json]) -> str:
    """Lists in a row, each on its line."""
    return f"{one_list(events[:1])}\n{one_list(events[1:])}\n"


def array(events: list[Json]) -> str:
    """As `jq --slurp` writes them."""
    return json.dumps(events, indent=2)


def array_on_a_line(events: list[Json]) -> str:
    """As programs do."""
    return json.dumps(events)


def array_by_line(events: list[Json]) -> str:
    """An event to a line, between brackets."""
    return "[" + ",\n".join(map(json.dumps, events)) + "]"


LAYOUTS = [lines, one_list, pretty_list, pretty_events, two_lists]
ARRAYS = [array, array_on_a_line, array_by_line]


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("layout", [*LAYOUTS, *ARRAYS])
def test_every_layout_says_the_same(
    tmp_path: Path,
    layout: Callable[[list[Json]], str],
    packed: bool,  # noqa: FBT001 - a case
) -> None:
    """Whether it is packed or not."""
    events = [event(), event("list"), event("watch")]
    text = layout(events).encode()
    path = tmp_path / "audit"
    path.write_bytes(gzip.compress(text) if packed else text)
    reading = Reading()
    assert [use.request.verb for use in read([str(path)], reading)] == ["get", "list", "watch"]
    assert (reading.events, reading.uses, reading.garbled.count) == (3, 3, 0)
    assert reading.first == reading.last == "2026-01-01T00:00:00.000000Z"


def test_stdin_and_several_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One after the other."""
    path = tmp_path / "audit.log"
    path.write_text(lines([event()]), encoding="utf-8")
    stdin = io.TextIOWrapper(io.BytesIO(gzip.compress(lines([event("list")]).encode())))
    monkeypatch.setattr("sys.stdin", stdin)
    assert [use.request.verb for use in read([str(path), "-"], Reading())] == ["get", "list"]


def test_what_is_malformed_is_told_and_the_rest_is_read(tmp_path: Path) -> None:
    """With file and line; the last line of a log that is still written is often half a one."""
    path = tmp_path / "audit.log"
    bad = ["{", '{"kind":"Pod"}', "x" * (LONGEST_LINE + 5), '{"verb": 5}', '{"verb":"get","st']
    path.write_text("\n".join([json.dumps(event()), *bad[:4], json.dumps(event()), bad[4]]))
    reading = Reading()
    assert len(list(read([str(path)], reading))) == 2
    assert reading.garbled.count == 5
    assert [place.split(": ")[0] for place in reading.garbled.places] == [
        f"{path}, line {number}" for number in (2, 3, 4, 5, 7)
    ]


def test_a_spread_document_that_breaks_off_is_told(tmp_path: Path) -> None:
    """What came before it counts."""
    path = tmp_path / "audit.json"
    path.write_text(pretty_list([event(), event()])[:-120])
    reading = Reading()
    assert len(list(read([str(path)], reading))) == 1
    assert "event 2 and all after it" in reading.garbled.places[0]


def test_a_packed_log_that_breaks_off_is_told(tmp_path: Path) -> None:
    """As a copy that was interrupted."""
    path = tmp_path / "audit.log.gz"
    for number in (4, 800):
        many = lines([event(user={"username": f"u{each * 7919}"}) for each in range(number)])
        path.write_bytes(gzip.compress(many.encode())[:-9])
        reading = Reading()
        assert list(read([str(path)], reading))
        assert reading.garbled.count == 1


def test_a_packed_log_that_breaks_off_at_once_is_an_error(tmp_path: Path) -> None:
    """Nothing of it can be read."""
    path = tmp_path / "audit.log.gz"
    path.write_bytes(gzip.compress(lines([event()]).encode())[:12])
    with pytest.raises(InputError, match="no audit log"):
        list(read([str(path)], Reading()))


@pytest.mark.parametrize("text", ["", "no log\n", '{"kind":"Pod"}\n', "kind: Event\n"])
def test_what_is_no_audit_log_is_an_error(tmp_path: Path, text: str) -> None:
    """Nothing used would be said of everything otherwise."""
    path = tmp_path / "other"
    path.write_text(text)
    with pytest.raises(InputError, match="audit"):
        list(read([str(path)], Reading()))


def test_an_absent_file_is_named(tmp_path: Path) -> None:
    """And why it cannot be read."""
    with pytest.raises(InputError, match=r"absent\.log: No such file"):
        list(read([str(tmp_path / "absent.log")], Reading()))


@pytest.mark.parametrize("layout", [lines, pretty_list])
def test_memory_does_not_grow_with_the_log(
    tmp_path: Path, layout: Callable[[list[Json]], str]
) -> None:
    """Ten times the events take no more of it."""
    peaks = []
    for number in (2_000, 20_000):
        path = tmp_path / f"{number}"
        path.write_text(layout([event()] * number))
        tracemalloc.start()
        assert sum(1 for _ in read([str(path)], Reading())) == number
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.5 * peaks[0]


def test_a_long_event_about_events_is_no_event_list(tmp_path: Path) -> None:
    """The answer to a list of Events, logged at RequestResponse, is one event of the log."""
    answer = {"kind": "EventList", "apiVersion": "v1", "items": [{"x": "y" * 100}] * 500}
    path = tmp_path / "audit.log"
    path.write_text(lines([{"responseObject": answer} | event("list"), event()]))
    reading = Reading()
    assert [use.request.verb for use in read([str(path)], reading)] == ["list", "get"]
    assert reading.garbled.count == 0


@pytest.mark.parametrize("begin", ["kind", "items", "longer"])
def test_what_is_longer_than_a_line_may_be(tmp_path: Path, begin: str) -> None:
    """An EventList on one line, whatever its order, and a log that begins with a huge event."""
    filler = event(requestObject={"x": "y" * (LONGEST_LINE + 5), "kind": "Pod", "items": [event()]})
    listed = {"kind": "EventList", "items": [filler, event("list")]}
    ordered = {key: listed[key] for key in (listed if begin == "kind" else reversed(listed))}
    text = lines([filler, event("list")]) if begin == "longer" else json.dumps(ordered)
    path = tmp_path / "audit.log"
    path.write_text(text)
    reading = Reading()
    assert [use.request.verb for use in read([str(path)], reading)] == ["get", "list"]
    assert reading.garbled.count == 0


@pytest.mark.parametrize(
    ("begin", "malformed"),
    [("\ufeff", 0), ("\n\n", 0), ('cut":"off"}\n', 1), ("garbage\n", 1), ('{"kind":"Ev\n', 1)],
)
def test_a_log_may_begin_anywhere(tmp_path: Path, begin: str, malformed: int) -> None:
    """In the middle of a line, after rotation or tail -c, or with a byte order mark."""
    path = tmp_path / "audit.log"
    path.write_text(begin + lines([event(), event("list")]), encoding="utf-8")
    reading = Reading()
    assert [use.request.verb for use in read([str(path)], reading)] == ["get", "list"]
    assert reading.garbled.count == malformed


def test_a_list_of_one_on_its_own_line(tmp_path: Path) -> None:
    """Its second line is an event, and its first no broken one."""
    path = tmp_path / "audit.json"
    path.write_text('{"kind":"EventList","items":[\n' + json.dumps(event()) + "\n]}\n")
    reading = Reading()
    assert len(list(read([str(path)], reading))) == 1
    assert reading.garbled.count == 0


@pytest.mark.parametrize("text", ['{"kind":"EventList","items":[]}\n', "[]\n", "\n"])
def test_a_file_without_an_event_is_an_error_beside_others_too(tmp_path: Path, text: str) -> None:
    """Something else was meant to be given; an empty file is a log of nothing."""
    good, empty, other = tmp_path / "good", tmp_path / "empty", tmp_path / "other"
    good.write_text(lines([event()]))
    empty.write_text("")
    other.write_text(text)
    assert len(list(read([str(good), str(empty)], Reading()))) == 1
    with pytest.raises(InputError, match="other is no audit log"):
        list(read([str(good), str(other)], Reading()))


def test_stdin_cannot_be_read_twice() -> None:
    """The second time it would be empty."""
    with pytest.raises(InputError, match="once"):
        list(read(["-", "-"], Reading()))
