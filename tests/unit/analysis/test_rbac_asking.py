"""Questions as people put them become the requests that an API server would judge."""

import pytest

from assessor.analysis.rbac.asking import Asked, ask, ask_url, subject_of, target_of, within
from assessor.analysis.rbac.requests import Request
from assessor.inventory.builtins import BUILTINS, builtin
from assessor.inventory.kinds import CORE_KINDS, RBAC_KINDS
from assessor.kernel.errors import InputError


def asked(
    verb: str,
    target: str,
    name: str = "",
    namespace: str | None = None,
    *,
    anywhere: bool = False,
) -> Asked:
    """A question, as the command line passes it on."""
    return ask(verb, target_of(target), name, namespace, anywhere=anywhere)


@pytest.mark.parametrize("text", ["sa:ns/app", "user:alice", "user:with: colon", "group:a/b"])
def test_subjects_are_read_as_they_are_shown(text: str) -> None:
    """What an answer prints can be asked again."""
    assert str(subject_of(text)) == text


@pytest.mark.parametrize("text", ["", "alice", "sa:app", "sa:/app", "sa:ns/", "sa:a/b/c", "user:"])
def test_other_subjects_are_refused(text: str) -> None:
    """The message says how to spell one."""
    with pytest.raises(InputError, match="sa:NAMESPACE/NAME"):
        subject_of(text)


@pytest.mark.parametrize(
    ("text", "group", "resource", "sub", "namespaced"),
    [
        ("pods", "", "pods", "", True),
        ("pods/exec", "", "pods", "exec", True),
        ("deployments", "apps", "deployments", "", True),
        ("deployments.apps/scale", "apps", "deployments", "scale", True),
        ("events", "", "events", "", True),
        ("events.events.k8s.io", "events.k8s.io", "events", "", True),
        ("clusterroles", "rbac.authorization.k8s.io", "clusterroles", "", False),
        ("users", "", "users", "", False),
        ("userextras/example.org/a", "authentication.k8s.io", "userextras", "example.org/a", False),
        ("widgets.example.test/status", "example.test", "widgets", "status", None),
        ("widgets.", "", "widgets", "", None),
        ("pods.example.test", "example.test", "pods", "", None),
        ("*", "*", "*", "", None),
        ("*.apps", "apps", "*", "", None),
        ("pods.*", "*", "pods", "", None),
    ],
)
def test_resources_get_their_group(
    text: str, group: str, resource: str, sub: str, *, namespaced: bool | None
) -> None:
    """Built-in plurals need none; what is not built in is taken as it is written."""
    target = target_of(text)
    assert (target.group, target.resource, target.subresource) == (group, resource, sub)
    assert target.namespaced is namespaced


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("pod", "did you mean pods"),
        ("Secrets", "did you mean secrets"),
        ("deploy", "plural"),
        ("pods.core", "group 'core' is not built in.*of the core group write pods"),
        ("widgets.example", "domain names"),
        ("deployment.apps", "not one of group apps; did you mean deployments"),
        ("secrets.apps", "not one of group apps"),
    ],
)
def test_misspelt_resources_are_refused(text: str, told: str) -> None:
    """Nobody is granted a resource that does not exist, and that would sound like good news."""
    with pytest.raises(InputError, match=told):
        target_of(text)


def test_observed_kinds_are_built_in() -> None:
    """The table knows what the informers watch, and agrees with them about namespaces."""
    for kind in (*CORE_KINDS, *RBAC_KINDS):
        known = builtin(kind.plural, kind.group)
        assert known is not None
        assert known.namespaced is kind.namespaced


def test_each_resource_is_listed_once() -> None:
    """A group and plural mean one thing."""
    named = [(each.group, each.plural) for each in BUILTINS]
    assert len(set(named)) == len(named)


def test_namespaces_default() -> None:
    """As with kubectl, without a context's own."""
    assert asked("get", "pods").request.namespace == "default"
    assert asked("get", "pods", namespace="a").request.namespace == "a"


def test_everywhere_is_no_namespace() -> None:
    """The request is that for all namespaces; who-can looks into each besides."""
    question = asked("get", "pods", anywhere=True)
    assert question.request.namespace == ""
    assert question.anywhere


def test_what_has_no_namespace_is_asked_without() -> None:
    """SubjectAccessReview would say yes by a RoleBinding that grants nothing here."""
    question = asked("get", "nodes", namespace="a")
    assert question.request == Request("get", "nodes")
    assert "nodes have no namespace" in question.notes[0]
    assert not asked("get", "nodes", anywhere=True).anywhere


@pytest.mark.parametrize("verb", ["create", "deletecollection"])
def test_requests_to_a_collection_carry_no_name(verb: str) -> None:
    """SubjectAccessReview would say yes by resourceNames, which never grant these."""
    question = asked(verb, "secrets", "one")
    assert question.request.name == ""
    assert "carries no name" in question.notes[0]


def test_subresources_are_created_by_name() -> None:
    """POST pods/one/exec names its pod."""
    assert asked("create", "pods/exec", "one").request.name == "one"


def test_a_namespace_is_within_itself() -> None:
    """Its RoleBindings count for requests that name it."""
    within_itself = Request("delete", "namespaces", namespace="a", name="a")
    assert asked("delete", "namespaces", "a").request == within_itself
    assert asked("delete", "namespaces", namespace="a").request == within_itself
    assert within(asked("delete", "namespaces", anywhere=True).request, "a") == within_itself


def test_namespaces_are_listed_by_nobody_inside() -> None:
    """No RoleBinding grants to list or create them."""
    for verb in ("list", "watch", "create", "deletecollection"):
        question = asked(verb, "namespaces", namespace="a")
        assert question.request == Request(verb, "namespaces")
        assert not asked(verb, "namespaces", anywhere=True).anywhere


def test_unknown_scope_is_said() -> None:
    """Whether a custom resource has a namespace is not known here."""
    spelling, scope = asked("get", "widgets.example.test").notes
    assert "not known" in spelling
    assert "as if widgets have a namespace" in scope
    assert asked("get", "widgets.example.test", namespace="a").notes == (spelling,)
    assert asked("get", "pods").notes == asked("get", "*").notes == ()


def test_urls_are_paths() -> None:
    """A path starts with a slash; other texts match nothing but a lone star."""
    assert ask_url("get", "/metrics").request == Request("get", path="/metrics")
    with pytest.raises(InputError, match="starts with /"):
        ask_url("get", "metrics")
