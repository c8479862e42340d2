"""Which writes of roles and bindings an audit event tells as a whole."""

import json
from pathlib import Path

import pytest

from assessor.adapters.audit_log import Reading, read
from assessor.analysis.rbac.uses import Given
from assessor.inventory.rbac import RBAC_GROUP, PolicyRule
from tests.unit.adapters.audit_samples import DECISION, Json, event

READ = {"verbs": ["get"], "apiGroups": [""], "resources": ["pods"], "resourceNames": ["one"]}
URL = {"verbs": ["get"], "nonResourceURLs": ["/metrics"]}
RULES = (
    PolicyRule(("get",), ("",), ("pods",), ("one",)),
    PolicyRule(("get",), non_resource_urls=("/metrics",)),
)
ROLE = {"kind": "Role", "metadata": {"name": "r"}, "rules": [READ, URL]}
BINDING = {"kind": "RoleBinding", "roleRef": {"kind": "Role", "name": "r"}, "subjects": []}
AT = "2026-01-01T00:00:00.000000Z"
WEBHOOK = "mutation.webhook.admission.k8s.io/round_0_index_0"


def write(resource: str, verb: str = "create", code: int = 201, **more: object) -> Json:
    """A write of a role or binding in the namespace `a`."""
    ref = {"resource": resource, "namespace": "a", "name": "r", "apiGroup": RBAC_GROUP}
    return event(verb, code, objectRef=ref, annotations={DECISION: "allow"}) | more


def given(tmp_path: Path, made: Json, *, lines: bool = True) -> Given | None:
    """What it gives on."""
    path = tmp_path / "audit.log"
    path.write_text(json.dumps(made, indent=None if lines else 1) + "\n", encoding="utf-8")
    reading = Reading()
    use, *_ = read([str(path)], reading)
    assert not reading.garbled.count
    return use.given


@pytest.mark.parametrize("verb", ["create", "update"])
def test_what_was_sent_is_the_whole(tmp_path: Path, verb: str) -> None:
    """Of a role its rules, of a binding the role that it grants."""
    told = given(tmp_path, write("roles", verb, requestObject=ROLE))
    assert told == Given(RULES)
    told = given(tmp_path, write("rolebindings", verb, requestObject=BINDING))
    assert told == Given(role=("a", "r"), at=AT)
    wide = BINDING | {"roleRef": {"kind": "ClusterRole", "name": "view"}}
    told = given(tmp_path, write("rolebindings", verb, requestObject=wide))
    assert told == Given(role=("", "view"), at=AT)


def test_what_was_stored_counts_more_than_what_was_sent(tmp_path: Path) -> None:
    """Of a patch it is the only whole; of a request that failed it is a Status."""
    other = ROLE | {"rules": [READ]}
    told = given(tmp_path, write("roles", requestObject=other, responseObject=ROLE))
    assert told == Given(RULES)
    label = {"metadata": {"labels": {"a": "b"}}}
    told = given(tmp_path, write("roles", "patch", 200, requestObject=label, responseObject=ROLE))
    assert told == Given(RULES)
    status = {"kind": "Status", "code": 409}
    told = given(tmp_path, write("roles", code=409, requestObject=ROLE, responseObject=status))
    assert told == Given(RULES)


@pytest.mark.parametrize(
    ("resource", "patch", "expected"),
    [
        ("roles", {"rules": [READ, URL]}, Given(RULES)),
        ("roles", {"metadata": {"labels": {}}}, None),
        ("roles", {"rules": [READ], "$retainKeys": ["rules"]}, None),
        ("roles", [{"op": "add", "path": "/rules/-", "value": READ}], None),
        ("rolebindings", {"roleRef": {"kind": "Role", "name": "r"}}, Given(role=("a", "r"), at=AT)),
        ("rolebindings", {"subjects": []}, None),
    ],
)
def test_a_patch_tells_what_it_replaces(
    tmp_path: Path, resource: str, patch: object, expected: Given | None
) -> None:
    """All rules, or the role that is bound; else what was there before is not known."""
    assert given(tmp_path, write(resource, "patch", 200, requestObject=patch)) == expected


def test_an_aggregated_role_is_told_as_one(tmp_path: Path) -> None:
    """Its rules are not what it will grant."""
    made = {"aggregationRule": {"clusterRoleSelectors": [{}]}, "rules": None}
    assert given(tmp_path, write("clusterroles", requestObject=made)) == Given(aggregated=True)


def test_what_a_webhook_changed_is_not_what_was_sent(tmp_path: Path) -> None:
    """One that was asked and changed nothing leaves it."""
    for changed, expected in ((True, None), (False, Given(RULES))):
        note = {DECISION: "allow", WEBHOOK: json.dumps({"webhook": "w", "mutated": changed})}
        made = write("roles", requestObject=ROLE) | {"annotations": note}
        assert given(tmp_path, made) == expected
    stored = made | {"responseObject": ROLE}
    assert given(tmp_path, stored) == Given(RULES)


def test_refused_by_the_check_itself(tmp_path: Path) -> None:
    """The authorizer had allowed the request; what it gives on was then not held."""
    told = given(tmp_path, write("roles", code=403, requestObject=ROLE))
    assert told == Given(RULES, refused=True)


@pytest.mark.parametrize("body", [None, 1, [], "x", {"rules": 1}, {"rules": [{"verbs": "get"}]}])
def test_what_is_no_role_tells_nothing(tmp_path: Path, body: object) -> None:
    """Nor does it spoil the event."""
    assert given(tmp_path, write("roles", requestObject=body)) is None


def test_nothing_is_given_on_by_what_is_no_write_of_a_role(tmp_path: Path) -> None:
    """A read, another kind, a level that shows no object."""
    assert given(tmp_path, write("roles", "get", 200, responseObject=ROLE)) is None
    assert given(tmp_path, event("create", 201, requestObject=ROLE)) is None
    assert given(tmp_path, write("roles")) is None


def test_objects_of_events_over_many_lines_are_not_read(tmp_path: Path) -> None:
    """They may be of any length."""
    assert given(tmp_path, write("roles", requestObject=ROLE), lines=False) is None
