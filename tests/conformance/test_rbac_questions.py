"""`assessor rbac` against the real API server: the command line as a person or program calls it."""

import json
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from assessor.adapters.rbac_files import read_rbac
from assessor.analysis.rbac.asking import Asked
from assessor.analysis.rbac.questions import Knowledge, who_can
from assessor.analysis.rbac.requests import Request
from assessor.inventory.builtins import BUILTINS
from assessor.inventory.kinds import RBAC_KINDS
from assessor.kernel.errors import InputError
from playground.controlplane import ControlPlane
from tests.conformance.rbac_world import RBAC, Json, Question, World
from tests.conformance.referee import PATIENCE, answers, directory_of, filled

ASSESSOR = Path(sys.executable).with_name("assessor")
SEED = 4_000
QUESTIONS = 1_000


def run(*arguments: object, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run `assessor rbac` to its end."""
    return subprocess.run(
        [ASSESSOR, "rbac", *map(str, arguments)],
        input=stdin,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def lines(questions: Iterable[Question]) -> str:
    """SubjectAccessReviewSpecs, as the command reads them."""
    return "".join(json.dumps(each.review()["spec"]) + "\n" for each in questions)


def told(questions: Iterable[Question], *source: object) -> list[Json]:
    """What the command answers."""
    ended = run("can-i", "--questions", "-", "-o", "json", *source, stdin=lines(questions))
    assert ended.returncode == 0, ended.stderr
    return [json.loads(line) for line in ended.stdout.splitlines()]


@pytest.fixture(scope="module")
def world(plane: ControlPlane) -> Iterator[World]:
    """Random roles and bindings, which the cluster's controllers have dealt with."""
    made = World(SEED)
    plane.apply(made.objects())
    filled(plane, made)
    yield made
    plane.delete(each for each in made.objects() if "namespace" not in each["metadata"])


@pytest.fixture(scope="module")
def exported(plane: ControlPlane, world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All RBAC of the cluster in a file, without what controllers have filled in."""
    del world
    path = tmp_path_factory.mktemp("exported") / "rbac.json"
    listed = [plane.request("GET", kind.path)[1] for kind in RBAC_KINDS]
    for each in listed:
        for item in each["items"]:
            if "aggregationRule" in item:
                item["rules"] = []
    path.write_text("\n".join(map(json.dumps, listed)), encoding="utf-8")
    return path


def differences(
    plane: ControlPlane, asked: list[Question], *source: object
) -> list[tuple[Question, Json]]:
    """The questions that the API server and the command answer differently."""
    ours = told(asked, *source)
    theirs = list(answers(plane, asked))
    return [
        (question, answer)
        for question, answer, allowed in zip(asked, ours, theirs, strict=True)
        if answer["allowed"] is not allowed
    ]


def test_questions_over_a_kubeconfig_agree_with_the_api_server(
    plane: ControlPlane, world: World
) -> None:
    """Not one difference; and each yes names its bindings, but for system:masters."""
    asked = world.questions(QUESTIONS)
    source = ("--kubeconfig", plane.admin_kubeconfig)
    left = differences(plane, asked, *source)
    deadline = time.monotonic() + PATIENCE
    while left and time.monotonic() < deadline:
        # What the authorizer had not seen yet it will see; a real difference stays.
        left = differences(plane, [question for question, _ in left], *source)
    assert not left, f"{len(left)} differences, such as {left[0]}"
    for question, answer in zip(asked, told(asked, *source), strict=True):
        by_binding = answer["allowed"] and "system:masters" not in question.groups
        assert bool(answer["by"]) is by_binding


def test_questions_on_files_agree_with_the_api_server(
    plane: ControlPlane, world: World, exported: Path
) -> None:
    """Aggregated roles are filled by us; a dangling binding only ever makes a no undecided."""
    asked = world.questions(QUESTIONS)
    ended = run("can-i", "--questions", "-", "-o", "json", "-f", exported, stdin=lines(asked))
    assert ended.returncode == 3, ended.stderr
    ours = [json.loads(line) for line in ended.stdout.splitlines()]
    theirs = list(answers(plane, asked))
    assert [each["allowed"] for each in ours] == theirs
    doubts = [each for each in ours if "undecided" in each]
    assert doubts
    assert not any(each["allowed"] for each in doubts)


def test_who_can_over_a_kubeconfig_is_what_the_directory_says(
    plane: ControlPlane, world: World
) -> None:
    """The listing brings everything that matters to a question."""
    directory = directory_of(plane)
    for namespace in world.namespaces:
        for resource in ("pods", "secrets"):
            asked = ("who-can", "get", resource, "-n", namespace, "-o", "json")
            ended = run(*asked, "--kubeconfig", plane.admin_kubeconfig)
            assert ended.returncode == 0, ended.stderr
            shown = [each["subject"] for each in json.loads(ended.stdout)["subjects"]]
            request = Request("get", resource, namespace=namespace)
            found = who_can(Knowledge(directory), Asked(request)).holders
            assert shown == [str(each.subject) for each in found]


def test_what_a_tenant_may_not_read_is_undecided(
    plane: ControlPlane, world: World, tmp_path: Path
) -> None:
    """Each unreadable kind is named, and a no is none; a yes from what was read stays a yes."""
    namespace = world.namespaces[0]
    plane.apply(tenancy(namespace))
    token = tmp_path / "token"
    token.write_text(plane.service_account_token(namespace, "default", 600))
    source = ("--kubeconfig", plane.kubeconfig_for_token_file(token), "-n", namespace)
    own = ("--as", f"sa:{namespace}/default", *source, "-o", "json")
    deadline = time.monotonic() + PATIENCE
    while (ended := run("can-i", "list", "rolebindings", *own)).returncode != 0:
        assert time.monotonic() < deadline, ended.stderr
    assert json.loads(ended.stdout)["by"][0]["binding"]["name"] == "tenant"
    ended = run("can-i", "impersonate", "serviceaccounts", "--as", "user:nobody-knows", *source)
    assert ended.returncode == 3, ended.stdout + ended.stderr
    for kind in ("clusterroles", "clusterrolebindings"):
        assert f"{kind} may not be read" in ended.stdout
    assert " roles may not be read" not in ended.stdout


def tenancy(namespace: str) -> list[Json]:
    """The right to read the RBAC of one namespace, for its default account."""
    rule = {"apiGroups": [RBAC], "resources": ["roles", "rolebindings"], "verbs": ["list"]}
    meta = {"name": "tenant", "namespace": namespace}
    return [
        {"apiVersion": f"{RBAC}/v1", "kind": "Role", "metadata": meta, "rules": [rule]},
        {
            "apiVersion": f"{RBAC}/v1",
            "kind": "RoleBinding",
            "metadata": meta,
            "roleRef": {"apiGroup": RBAC, "kind": "Role", "name": "tenant"},
            "subjects": [{"kind": "ServiceAccount", "name": "default", "namespace": namespace}],
        },
    ]


# ── what is known of the API ──────────────────────────────────────────────────────────────────


def test_built_in_resources_are_those_that_are_served(plane: ControlPlane) -> None:
    """Each built-in resource with its group and scope; the project's own ones are custom."""
    paths = ["/api/v1"]
    for group in plane.request("GET", "/apis")[1]["groups"]:
        if group["name"] != "kube-assessor.dev":
            paths += [f"/apis/{each['groupVersion']}" for each in group["versions"]]
    served = {
        (path.split("/")[2] if path != "/api/v1" else "", each["name"], each["namespaced"])
        for path in paths
        for each in plane.request("GET", path)[1]["resources"]
        if "/" not in each["name"]
    }
    known = {(each.group, each.plural, each.namespaced) for each in BUILTINS}
    assert served <= known
    unserved = {plural for _, plural, _ in known - served}
    assert unserved == {"users", "groups", "uids", "userextras", "nodes", "signers"}


RULE = {"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}
URL = {"nonResourceURLs": ["/metrics"], "verbs": ["get"]}
USER = {"kind": "User", "name": "alice"}


def role(kind: str, *rules: Json) -> Json:
    """A role of the namespace default, or of the cluster."""
    return of(kind, rules=list(rules))


def binding(kind: str, to: str, *subjects: Json) -> Json:
    """A binding to a role that need not exist."""
    return of(kind, roleRef={"apiGroup": RBAC, "kind": to, "name": "any"}, subjects=list(subjects))


def of(kind: str, **fields: Any) -> Json:
    """An object that was never stored."""
    where = {} if kind.startswith("Cluster") else {"namespace": "default"}
    meta = {"name": "never-stored"} | where
    return {"apiVersion": f"{RBAC}/v1", "kind": kind, "metadata": meta} | fields


OBJECTS = [
    role("Role", RULE),
    role("Role"),
    role("Role", URL),
    role("ClusterRole", URL),
    role("ClusterRole", URL | RULE),
    role("ClusterRole", URL | {"resourceNames": ["a"]}),
    role("ClusterRole", RULE | {"verbs": []}),
    role("ClusterRole", RULE | {"apiGroups": []}),
    role("Role", RULE | {"resources": []}),
    role("Role", RULE, {"verbs": ["get"]}),
    of("ClusterRole", aggregationRule={}),
    of("ClusterRole", aggregationRule={"clusterRoleSelectors": []}),
    of("ClusterRole", aggregationRule={"clusterRoleSelectors": [{}]}),
    binding("RoleBinding", "Role", USER),
    binding("RoleBinding", "ClusterRole"),
    binding("RoleBinding", "role", USER),
    binding("ClusterRoleBinding", "ClusterRole", USER),
    binding("ClusterRoleBinding", "Role", USER),
    binding("RoleBinding", "Role", USER | {"kind": "user"}),
    binding("ClusterRoleBinding", "ClusterRole", {"kind": "ServiceAccount", "name": "a"}),
    binding("ClusterRoleBinding", "ClusterRole", USER, {"kind": "Group", "name": ""}),
]


@pytest.mark.parametrize("made", OBJECTS, ids=json.dumps)
def test_files_are_taken_as_the_api_server_takes_them(
    plane: ControlPlane, tmp_path: Path, made: Json
) -> None:
    """What it would not store is refused, and what it would store is read."""
    (kind,) = (kind for kind in RBAC_KINDS if kind.kind == made["kind"])
    code, answer = plane.request("POST", f"{kind.path_in('default')}?dryRun=All", made)
    assert code in (201, 400, 422), answer
    path = tmp_path / "made.json"
    path.write_text(json.dumps(made), encoding="utf-8")
    try:
        read_rbac([str(path)], namespace="default")
    except InputError:
        assert code != 201
    else:
        assert code == 201, answer["message"]
