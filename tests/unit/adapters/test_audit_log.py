"""Audit logs in every layout, and what single events say."""

import gzip
import io
import json
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assessor.adapters.audit_log import LONGEST_LINE, Reading, read
from assessor.analysis.rbac.requests import Request
from assessor.kernel.errors import InputError

Json = dict[str, Any]
DECISION = "authorization.k8s.io/decision"
APP = "system:serviceaccount:a:app"


def event(verb: str = "get", code: int = 200, **more: Any) -> Json:
    """A request of the account `app` for the Pod `one`, as it is logged."""
    return {
        "kind": "Event",
        "apiVersion": "audit.k8s.io/v1",
        "level": "Metadata",
        "auditID": "1",
        "stage": "ResponseComplete",
        "requestURI": "/api/v1/namespaces/a/pods/one",
        "verb": verb,
        "user": {"username": APP, "groups": ["system:authenticated"]},
        "objectRef": {"resource": "pods", "namespace": "a", "name": "one", "apiVersion": "v1"},
        "responseStatus": {"code": code},
        "requestReceivedTimestamp": "2026-01-01T00:00:00.000000Z",
    } | more


GET = Request("get", "pods", namespace="a", name="one")


def told(tmp_path: Path, *events: Json) -> list[tuple[str, Request]]:
    """User and request of each use."""
    path = tmp_path / "audit.log"
    path.write_text("".join(json.dumps(each) + "\n" for each in events), encoding="utf-8")
    return [(use.identity.user, use.request) for use in read([str(path)], Reading())]


# ── layouts ───────────────────────────────────────────────────────────────────────────────────


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


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("layout", [lines, one_list, pretty_list, pretty_events, two_lists])
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
    assert (reading.events, reading.uses, reading.malformed) == (3, 3, 0)
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
    assert reading.malformed == 5
    assert [place.split(": ")[0] for place in reading.places] == [
        f"{path}, line {number}" for number in (2, 3, 4, 5, 7)
    ]


def test_a_spread_document_that_breaks_off_is_told(tmp_path: Path) -> None:
    """What came before it counts."""
    path = tmp_path / "audit.json"
    path.write_text(pretty_list([event(), event()])[:-120])
    reading = Reading()
    assert len(list(read([str(path)], reading))) == 1
    assert "event 2 and all after it" in reading.places[0]


def test_a_packed_log_that_breaks_off_is_told(tmp_path: Path) -> None:
    """As a copy that was interrupted."""
    path = tmp_path / "audit.log.gz"
    many = lines([event(verb) for verb in ("get", "list", "watch", "create") * 200])
    path.write_bytes(gzip.compress(many.encode())[:-40])
    reading = Reading()
    assert list(read([str(path)], reading))
    assert reading.malformed == 1


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


# ── single events ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("code", "annotations", "authorized"),
    [
        (200, {}, True),
        (404, {}, True),
        (409, {DECISION: "allow"}, True),
        (422, {DECISION: "allow"}, True),
        (403, {DECISION: "allow"}, True),
        (403, {DECISION: "forbid"}, False),
        (403, {}, False),
        (401, {}, False),
        (0, {DECISION: "allow"}, True),
    ],
)
def test_what_was_authorized(
    tmp_path: Path,
    code: int,
    annotations: dict[str, str],
    authorized: bool,  # noqa: FBT001 - a case
) -> None:
    """The authorizer's word counts, not what came of the request; a 403 may be admission's."""
    found = told(tmp_path, event(code=code, annotations=annotations))
    assert found == ([(APP, GET)] if authorized else [])


def test_a_request_that_was_just_received_proves_nothing(tmp_path: Path) -> None:
    """Its answer will."""
    received = event(stage="RequestReceived", responseStatus=None)
    started = event("watch", stage="ResponseStarted")
    assert told(tmp_path, received, started) == [
        (APP, Request("watch", "pods", "", "", "a", "one"))
    ]


def test_subresources_groups_and_urls(tmp_path: Path) -> None:
    """As the authorizer is asked."""
    scale = {"resource": "deployments", "namespace": "a", "name": "x", "apiGroup": "apps"}
    found = told(
        tmp_path,
        event("update", objectRef=scale | {"subresource": "scale"}),
        event("get", objectRef=None, requestURI="/metrics?x=1"),
    )
    assert [request for _, request in found] == [
        Request("update", "deployments", "apps", "scale", "a", "x"),
        Request("get", path="/metrics"),
    ]


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("fieldSelector=metadata.name%3Done&limit=5", "one"),
        ("fieldSelector=status.phase%3DRunning,metadata.name%3D%3Done", "one"),
        ("fieldSelector=metadata.name%21%3Done", ""),
        ("labelSelector=metadata.name%3Done", ""),
    ],
)
def test_a_list_of_one_name_is_a_request_for_it(tmp_path: Path, query: str, name: str) -> None:
    """So a rule with resourceNames allows it."""
    ref = {"resource": "pods", "namespace": "a"}
    uri = f"/api/v1/namespaces/a/pods?{query}"
    ((_, request),) = told(tmp_path, event("list", objectRef=ref, requestURI=uri))
    assert request.name == name


def test_an_update_that_creates_was_allowed_to_create(tmp_path: Path) -> None:
    """By the object's name."""
    found = told(tmp_path, event("patch", 201))
    assert [(request.verb, request.name) for _, request in found] == [
        ("patch", "one"),
        ("create", "one"),
    ]


def test_impersonation_is_a_use_of_two(tmp_path: Path) -> None:
    """The request is the impersonated one's; the right to act so is the other's."""
    acting = {
        "username": "system:serviceaccount:b:robot",
        "groups": ["system:authenticated", "system:serviceaccounts", "team"],
        "uid": "7",
        "extra": {"scopes": ["view"]},
    }
    found = told(tmp_path, event(impersonatedUser=acting))
    assert found == [
        ("system:serviceaccount:b:robot", GET),
        (APP, Request("impersonate", "serviceaccounts", "", "", "b", "robot")),
        (APP, Request("impersonate", "groups", name="team")),
        (APP, Request("impersonate", "uids", "authentication.k8s.io", name="7")),
        (
            APP,
            Request("impersonate", "userextras", "authentication.k8s.io", "scopes", name="view"),
        ),
    ]
    ((_, as_user),) = [
        use for use in told(tmp_path, event(impersonatedUser={"username": "jane"})) if use[0] == APP
    ]
    assert as_user == Request("impersonate", "users", name="jane")
