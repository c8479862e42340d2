"""resourceNames, refereed by real requests: a review says yes to what no request can carry.

A SubjectAccessReview is asked about a verb and a name; the request itself decides whether there is
a name. So these are real requests, with dryRun=All.
"""

from collections.abc import Iterator
from typing import NamedTuple

import pytest

from assessor.analysis.rbac.atom_table import INDEX
from assessor.analysis.rbac.authorizer import decide
from assessor.analysis.rbac.holdings import held, parts_of
from assessor.analysis.rbac.requests import Request, service_account
from assessor.analysis.rbac.union import united
from assessor.inventory.rbac import BoundRole, PolicyRule, Role, RoleBinding
from playground.client import Json
from playground.controlplane import ControlPlane
from tests.conformance.referee import decoded, directory_of
from tests.integration.kube import eventually

NAMESPACE = "conformance-names"
MAPS = f"/api/v1/namespaces/{NAMESPACE}/configmaps"
RBAC = "rbac.authorization.k8s.io"
MERGE, APPLY = "application/merge-patch+json", "application/apply-patch+yaml"
FORBIDDEN = 403


class Asked(NamedTuple):
    """A request as sent, and what it is to the authorizer: verb and name."""

    method: str
    path: str
    verb: str
    name: str = ""
    body: Json | None = None
    content_type: str = "application/json"


def config_map(name: str) -> Json:
    """A ConfigMap."""
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}}


DRY = "dryRun=All"
ASKED = (
    Asked("GET", f"{MAPS}/mine", "get", "mine"),
    Asked("GET", f"{MAPS}/other", "get", "other"),
    Asked("GET", MAPS, "list"),
    Asked("GET", f"{MAPS}?fieldSelector=metadata.name%3Dmine", "list", "mine"),
    Asked("GET", f"{MAPS}?fieldSelector=metadata.name%3Dother", "list", "other"),
    Asked("POST", f"{MAPS}?{DRY}", "create", body=config_map("mine")),
    Asked("PUT", f"{MAPS}/mine?{DRY}", "update", "mine", config_map("mine")),
    Asked("PUT", f"{MAPS}/other?{DRY}", "update", "other", config_map("other")),
    Asked("PATCH", f"{MAPS}/mine?{DRY}", "patch", "mine", {"data": {"a": "b"}}, MERGE),
    Asked("DELETE", f"{MAPS}/mine?{DRY}", "delete", "mine"),
    Asked("DELETE", f"{MAPS}/other?{DRY}", "delete", "other"),
    Asked("DELETE", f"{MAPS}?{DRY}", "deletecollection"),
    Asked("DELETE", f"{MAPS}?{DRY}&fieldSelector=metadata.name%3Dmine", "deletecollection"),
)


@pytest.fixture(scope="module")
def token(plane: ControlPlane) -> Iterator[str]:
    """An account that may do everything with the ConfigMap `mine`, and nothing else."""
    role = {"apiGroup": RBAC, "kind": "Role", "name": "mine"}
    rule = {
        "apiGroups": [""],
        "resources": ["configmaps"],
        "verbs": ["*"],
        "resourceNames": ["mine"],
    }
    subject = {"kind": "ServiceAccount", "name": "app", "namespace": NAMESPACE}
    own = {"name": "mine", "namespace": NAMESPACE}
    objects: list[Json] = [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}},
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": own | {"name": "app"}},
        {"apiVersion": f"{RBAC}/v1", "kind": "Role", "metadata": own, "rules": [rule]},
        {
            "apiVersion": f"{RBAC}/v1",
            "kind": "RoleBinding",
            "metadata": own,
            "roleRef": role,
            "subjects": [subject],
        },
        *({**config_map(name), "metadata": own | {"name": name}} for name in ("mine", "other")),
    ]
    plane.apply(objects)
    made = plane.service_account_token(NAMESPACE, "app", 600)
    mine = f"{MAPS}/mine"
    # The API server's authorizer sees a new binding a moment after its author.
    eventually(lambda: plane.request("GET", mine, token=made)[0] != FORBIDDEN)
    yield made
    plane.delete(objects[:1])


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: f"{asked.verb}-{asked.name or 'all'}")
def test_a_name_counts_where_the_request_has_one(
    plane: ControlPlane, token: str, asked: Asked
) -> None:
    """The real answer is ours."""
    identity = service_account(NAMESPACE, "app")
    question = Request(asked.verb, "configmaps", "", "", NAMESPACE, asked.name)
    allowed = decide(directory_of(plane), identity, question).allowed
    code, answer = plane.request(
        asked.method, asked.path, asked.body, content_type=asked.content_type, token=token
    )
    assert (code != FORBIDDEN) == allowed, answer


def test_server_side_apply_creates_by_name(plane: ControlPlane, token: str) -> None:
    """What is not there yet is created by a patch that names it: the rule reaches it."""
    maps = {name: f"{MAPS}/{name}?{DRY}&fieldManager=test" for name in ("mine", "another")}
    codes = {
        name: plane.request("PATCH", path, config_map(name), content_type=APPLY, token=token)[0]
        for name, path in maps.items()
    }
    assert (codes["mine"], codes["another"]) == (200, FORBIDDEN)


VERBS = (("create",), ("patch",), ("create", "patch"), ("create", "update"), ("*",))
SECRET = {"apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/service-account-token"}


def account_with(verbs: tuple[str, ...], name: str) -> list[Json]:
    """An account with these verbs on the Secret `mine`, and no other right."""
    account = {"name": name, "namespace": NAMESPACE}
    rule = {"apiGroups": [""], "resources": ["secrets"], "resourceNames": ["mine"]}
    return [
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": account},
        *given(name, name, rule | {"verbs": list(verbs)}),
    ]


def given(account: str, role: str, rule: Json) -> list[Json]:
    """A Role of one rule, and its RoleBinding of the same name to an account."""
    own = {"name": role, "namespace": NAMESPACE}
    return [
        {"apiVersion": f"{RBAC}/v1", "kind": "Role", "metadata": own, "rules": [rule]},
        {
            "apiVersion": f"{RBAC}/v1",
            "kind": "RoleBinding",
            "metadata": own,
            "roleRef": {"apiGroup": RBAC, "kind": "Role", "name": role},
            "subjects": [{"kind": "ServiceAccount", "name": account, "namespace": NAMESPACE}],
        },
    ]


def applied(plane: ControlPlane, token: str) -> bool:
    """Whether the Secret `mine` is made by server-side apply: a token of the default account."""
    meta = {"name": "mine", "annotations": {"kubernetes.io/service-account.name": "default"}}
    path = f"/api/v1/namespaces/{NAMESPACE}/secrets/mine?{DRY}&fieldManager=test"
    body = SECRET | {"metadata": meta}
    return plane.request("PATCH", path, body, content_type=APPLY, token=token)[0] < FORBIDDEN


@pytest.mark.parametrize("verbs", VERBS, ids="-".join)
def test_a_token_is_made_by_name_where_the_atom_says_so(
    plane: ControlPlane, token: str, verbs: tuple[str, ...]
) -> None:
    """By server-side apply: create by name alone is no right, and with patch it is one."""
    del token  # the namespace is there
    name = f"secret-{len(verbs)}-{verbs[-1].replace('*', 'all')}"
    plane.apply(account_with(verbs, name))
    made = plane.service_account_token(NAMESPACE, name, 600)
    powers = INDEX.powers([PolicyRule(verbs, ("",), ("secrets",), ("mine",))])
    if powers.any & INDEX.mask("secrets-create"):
        eventually(lambda: applied(plane, made))
    else:
        review = {"namespace": NAMESPACE, "resource": "secrets", "name": "mine", "verb": verbs[0]}
        user = f"system:serviceaccount:{NAMESPACE}:{name}"
        eventually(lambda: reviewed(plane, {"user": user, "resourceAttributes": review}))
        assert not applied(plane, made)


@pytest.mark.parametrize("patched", ["mine", "other"])
def test_a_token_is_made_by_two_bindings(plane: ControlPlane, token: str, patched: str) -> None:
    """One lets create by name, the other patch: of the same Secret they let make it."""
    del token  # the namespace is there
    name = f"two-{patched}"
    secrets = {"apiGroups": [""], "resources": ["secrets"]}
    patch = secrets | {"verbs": ["patch"], "resourceNames": [patched]}
    plane.apply([*account_with(("create",), name), *given(name, f"{name}-patch", patch)])
    made = plane.service_account_token(NAMESPACE, name, 600)
    several = (binding_of(name, "create", "mine"), binding_of(name, "patch", patched))
    powers = united(parts_of([held(each, own=True) for each in several]))
    seen = {"namespace": NAMESPACE, "resource": "secrets", "name": patched, "verb": "patch"}
    user = f"system:serviceaccount:{NAMESPACE}:{name}"
    eventually(lambda: reviewed(plane, {"user": user, "resourceAttributes": seen}))
    if powers.held & INDEX.mask("secrets-create"):
        eventually(lambda: applied(plane, made))
    else:
        assert not applied(plane, made)
    assert bool(powers.held & INDEX.mask("secrets-create")) == (patched == "mine")


def binding_of(account: str, verb: str, name: str) -> BoundRole:
    """As `given` makes it."""
    manifests = given(
        account,
        verb,
        {"verbs": [verb], "apiGroups": [""], "resources": ["secrets"], "resourceNames": [name]},
    )
    role, binding = decoded(manifests)
    assert isinstance(role, Role)
    assert isinstance(binding, RoleBinding)
    return BoundRole(binding, role)


def test_a_patch_of_a_secret_answers_with_it(plane: ControlPlane, token: str) -> None:
    """Who may patch reads, without the right to get."""
    del token  # the namespace is there
    plane.apply(account_with(("patch",), "patcher"))
    own = {"name": "mine", "namespace": NAMESPACE}
    plane.apply([{"apiVersion": "v1", "kind": "Secret", "metadata": own, "data": {"a": "Yg=="}}])
    made = plane.service_account_token(NAMESPACE, "patcher", 600)
    path = f"/api/v1/namespaces/{NAMESPACE}/secrets/mine"

    def answered() -> Json | None:
        code, answer = plane.request("PATCH", path, {}, content_type=MERGE, token=made)
        return answer if code < FORBIDDEN else None

    assert eventually(answered)["data"] == {"a": "Yg=="}
    assert plane.request("GET", path, token=made)[0] == FORBIDDEN


def reviewed(plane: ControlPlane, spec: Json) -> bool:
    """Whether the authorizer has seen the account's binding."""
    review = {"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview"}
    path = "/apis/authorization.k8s.io/v1/subjectaccessreviews"
    return bool(plane.request("POST", path, review | {"spec": spec})[1]["status"]["allowed"])
