"""What single audit events say: who was authorized to do what."""

import json
from pathlib import Path

import pytest

from assessor.adapters.audit_log import Reading, read
from assessor.analysis.rbac.requests import Request
from tests.unit.adapters.audit_samples import APP, DECISION, GET, Json, event


def told(tmp_path: Path, *events: Json) -> list[tuple[str, Request]]:
    """User and request of each use."""
    path = tmp_path / "audit.log"
    path.write_text("".join(json.dumps(each) + "\n" for each in events), encoding="utf-8")
    return [(use.identity.user, use.request) for use in read([str(path)], Reading())]


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
    ("uri", "path"),
    [
        ("//[x", "//[x"),
        ("//host/metrics", "//host/metrics"),
        ("http://[/x", "http://[/x"),
        ("/healthz/a%20b?verbose=%3F", "/healthz/a b"),
        ("/a#b", "/a#b"),
    ],
)
def test_a_path_is_never_an_address(tmp_path: Path, uri: str, path: str) -> None:
    """The API server asks about it as it is, whoever makes it up."""
    found = told(tmp_path, event(objectRef=None, requestURI=uri))
    assert found == [(APP, Request("get", path=path))]


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


def test_impersonation_counts_where_the_impersonated_one_was_refused(tmp_path: Path) -> None:
    """The API server let the account act as another before it refused the other."""
    refused = event(
        code=403, annotations={DECISION: "forbid"}, impersonatedUser={"username": "jane"}
    )
    assert told(tmp_path, refused) == [(APP, Request("impersonate", "users", name="jane"))]


@pytest.mark.parametrize(
    ("mode", "acting", "right"),
    [
        ("user-info", "jane", ("users", "", "jane")),
        ("serviceaccount", "system:serviceaccount:b:robot", ("serviceaccounts", "b", "robot")),
        ("arbitrary-node", "system:node:n1", ("nodes", "", "n1")),
        ("associated-node", "system:node:n1", ("nodes", "", "*")),
    ],
)
def test_constrained_impersonation_has_verbs_of_its_own(
    tmp_path: Path, mode: str, acting: str, right: tuple[str, str, str]
) -> None:
    """One for the identity, and one for what is done under it (KEP-5284)."""
    made = event(
        impersonatedUser={"username": acting},
        authenticationMetadata={"impersonationConstraint": f"impersonate:{mode}"},
    )
    resource, namespace, name = right
    assert told(tmp_path, made)[1:] == [
        (
            APP,
            Request(f"impersonate:{mode}", resource, "authentication.k8s.io", "", namespace, name),
        ),
        (APP, Request(f"impersonate-on:{mode}:get", "pods", "", "", "a", "one")),
    ]


@pytest.mark.parametrize(
    ("made", "further"),
    [
        (event("patch", 201), [("create", True)]),
        (event("patch", 422), [("create", False)]),
        (event("patch", 403, annotations={DECISION: "allow"}), [("create", False)]),
        (event("patch", 404), []),
        (event("patch", 200), []),
        (
            event("get", objectRef=event()["objectRef"] | {"subresource": "exec"}),
            [("create", False)],
        ),
    ],
)
def test_what_the_api_server_asks_besides(
    tmp_path: Path, made: Json, further: list[tuple[str, bool]]
) -> None:
    """Creation by patch, also where something else refused it then; WebSockets into pods."""
    path = tmp_path / "audit.log"
    path.write_text(json.dumps(made), encoding="utf-8")
    uses = list(read([str(path)], Reading()))
    assert [(use.request.verb, use.sure) for use in uses[1:]] == further
