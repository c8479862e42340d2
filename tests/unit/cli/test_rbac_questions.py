"""`assessor rbac who-can`, `rights` and `can-i` on files: answers, exit codes and refusals."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from assessor.adapters.manifests import reading
from assessor.cli.rbac import rbac
from assessor.kernel.errors import InputError

MANIFESTS = """
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader, namespace: payments}
rules:
- {apiGroups: [""], resources: [pods, secrets], verbs: [get, list]}
- {apiGroups: [apps], resources: [deployments/scale], resourceNames: [web], verbs: [patch]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: readers, namespace: payments}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
subjects:
- {kind: ServiceAccount, name: app}
- {apiGroup: rbac.authorization.k8s.io, kind: Group, name: "system:serviceaccounts:shop"}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: metrics}
rules:
- {nonResourceURLs: [/metrics], verbs: [get]}
- {apiGroups: [""], resources: [nodes, pods], verbs: [get]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: metrics}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: metrics}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: prometheus}]
"""
ELSEWHERE = """
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: viewers, namespace: payments}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: alice}]
"""
READERS = {"kind": "RoleBinding", "namespace": "payments", "name": "readers"}
READER = {"kind": "Role", "namespace": "payments", "name": "reader"}
METRICS = {"kind": "ClusterRoleBinding", "name": "metrics"}


@pytest.fixture
def manifests(tmp_path: Path) -> str:
    """Roles and bindings on disk."""
    return write(tmp_path, "rbac.yaml", MANIFESTS)


def write(folder: Path, name: str, text: str) -> str:
    """A file's path."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return str(path)


def run(*arguments: str, stdin: str | None = None) -> Result:
    """Call `assessor rbac`."""
    reading._stdin.cache_clear()
    return CliRunner().invoke(rbac, arguments, input=stdin)


def told(*arguments: str, code: int = 0) -> dict[str, Any]:
    """Its JSON, with the exit code that is expected."""
    result = run(*arguments, "-o", "json")
    assert result.exit_code == code, result.output
    answer: dict[str, Any] = json.loads(result.stdout)
    return answer


def refused(*arguments: str, stdin: str | None = None) -> str:
    """What the InputError says that it ends with; `assessor` makes exit code 2 of it."""
    error = run(*arguments, stdin=stdin).exception
    assert isinstance(error, InputError), error
    return str(error)


# ── who-can ───────────────────────────────────────────────────────────────────────────────────


def subjects(answer: dict[str, Any]) -> dict[str, list[Any]]:
    """The bindings of each subject."""
    return {
        each["subject"]: [grant["binding"] for grant in each["grants"]]
        for each in answer["subjects"]
    }


def test_who_can_names_subject_binding_role_and_rule(manifests: str) -> None:
    """In the API's spelling, everything that a program needs to change it."""
    answer = told("who-can", "patch", "deployments/scale", "web", "-n", "payments", "-f", manifests)
    assert answer["request"]["group"] == "apps"
    account = answer["subjects"][1]
    assert account["subject"] == "sa:payments/app"
    (grant,) = account["grants"]
    assert grant == {
        "binding": READERS,
        "role": READER,
        "rule": {
            "verbs": ["patch"],
            "apiGroups": ["apps"],
            "resources": ["deployments/scale"],
            "resourceNames": ["web"],
        },
        "where": "payments",
    }


def test_who_can_in_a_namespace_and_anywhere(manifests: str) -> None:
    """-n is that namespace and the cluster; -A every namespace, and it tells which."""
    cluster = {"user:prometheus": [METRICS]}
    here = {"group:system:serviceaccounts:shop": [READERS], "sa:payments/app": [READERS]}
    asked = ("who-can", "get", "pods", "-f", manifests)
    assert subjects(told(*asked, "-n", "payments")) == cluster | here
    assert subjects(told(*asked, "-n", "shop")) == cluster
    assert subjects(told(*asked)) == cluster
    anywhere = told(*asked, "-A")
    assert subjects(anywhere) == cluster | here
    assert anywhere["request"]["anywhere"] is True
    places = [grant["where"] for each in anywhere["subjects"] for grant in each["grants"]]
    assert places == ["payments", "payments", None]


def test_who_can_on_urls_and_cluster_scoped_resources(manifests: str) -> None:
    """By ClusterRoleBindings only."""
    assert subjects(told("who-can", "get", "--url", "/metrics", "-f", manifests)) == {
        "user:prometheus": [METRICS]
    }
    answer = told("who-can", "get", "nodes", "-n", "payments", "-f", manifests)
    assert "namespace" not in answer["request"]
    assert "nodes have no namespace" in answer["notes"][0]


def test_nobody_is_exit_code_1(manifests: str) -> None:
    """And still system:masters can, which is said with every answer."""
    answer = told("who-can", "delete", "pods", "-A", "-f", manifests, code=1)
    assert answer["subjects"] == []
    assert "group:system:masters may do everything" in answer["notes"][0]


def test_nobody_is_undecided_where_a_role_is_elsewhere(tmp_path: Path, manifests: str) -> None:
    """The files bind a ClusterRole that they do not hold."""
    more = write(tmp_path, "more.yaml", ELSEWHERE)
    asked = ("who-can", "delete", "pods", "-f", manifests, "-f", more)
    assert "ClusterRole view" in told(*asked, "-n", "payments", code=3)["undecided"][0]
    assert told(*asked, "-n", "shop", code=1)["undecided"] == []


AGGREGATED = """
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: wide}
aggregationRule: {clusterRoleSelectors: [{matchLabels: {example.test/wide: "true"}}]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: wide}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: wide}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: zoe}]
"""


def test_a_no_is_undecided_where_the_cluster_may_aggregate_more(tmp_path: Path) -> None:
    """The files do not hold the roles that a selector finds where they are applied."""
    files = ("-f", write(tmp_path, "wide.yaml", AGGREGATED))
    for asked in (
        ("can-i", "get", "pods", "--as", "user:zoe", *files),
        ("who-can", "get", "pods", *files),
        ("rights", "user:zoe", *files),
    ):
        (doubt,) = told(*asked, code=3)["undecided"]
        assert "ClusterRole/wide" in doubt
    assert told("can-i", "get", "pods", "--as", "user:bob", *files, code=1)["allowed"] is False


def test_an_account_group_has_what_all_accounts_have(tmp_path: Path) -> None:
    """Each member of the narrower group is in the wider ones."""
    text = MANIFESTS.replace("serviceaccounts:shop", "serviceaccounts")
    files = ("-f", write(tmp_path, "all.yaml", text), "-n", "payments")
    for group in ("system:serviceaccounts:shop", "system:serviceaccounts"):
        assert told("can-i", "get", "pods", "--as", f"group:{group}", *files)["allowed"] is True
        assert told("rights", f"group:{group}", *files)["rights"]
    told("can-i", "get", "pods", "--as", "group:team", *files, code=1)


def test_tables_tell_the_same(manifests: str) -> None:
    """For people: one line for each grant, the resolved group, and the notes."""
    text = run("who-can", "patch", "deployments/scale", "web", "-A", "-f", manifests).stdout
    assert "Who can patch deployments.apps/scale web in any namespace?" in text
    assert "RoleBinding/readers" in text
    assert "patch deployments/scale of apps named web" in text
    assert "group:system:masters may do everything" in text
    assert "No subject" in run("who-can", "delete", "pods", "-f", manifests).stdout


def test_long_names_push_nothing_out_of_a_table(tmp_path: Path) -> None:
    """They fold: namespace and rule are told beside them, and all is there."""
    name, place = "storage-version-migrator-controller", "payments-of-the-fleet"
    long = f"system:controller:{name}-of-the-fleet"
    text = MANIFESTS.replace("name: app}", f"name: {name}-{name}}}").replace("payments", place)
    text = text.replace("name: readers", f"name: '{long}'").replace("reader,", f"'{long}',")
    text = text.replace("name: reader}", f"name: '{long}'}}")
    files = ("-f", write(tmp_path, "rbac.yaml", text))
    _, titles, *shown = run(
        "who-can", "patch", "deployments/scale", "web", "-A", *files
    ).stdout.split("\n")
    starts = [titles.index(each) for each in ("WHERE", "BINDING", "ROLE", "RULE")]
    cells = [
        "".join(line[start:end].strip() for line in shown)
        for start, end in zip((0, *starts), (*starts, None), strict=True)
    ]
    assert f"sa:{place}/{name}-{name}" in cells[0]
    assert place in cells[1]
    assert f"RoleBinding/{long}" in cells[2]
    assert f"Role/{long}" in cells[3]
    assert "deployments/scale" in cells[4]


# ── rights ────────────────────────────────────────────────────────────────────────────────────


def test_rights_follow_every_group_of_an_account(manifests: str) -> None:
    """An account of namespace shop holds what its namespace's group was given elsewhere."""
    answer = told("rights", "sa:shop/any", "-f", manifests)
    assert [right["rule"]["verbs"] for right in answer["rights"]] == [["get", "list"], ["patch"]]
    assert told("rights", "sa:shop/any", "-n", "shop", "-f", manifests, code=1)["rights"] == []
    assert "RoleBinding/readers" in run("rights", "sa:shop/any", "-f", manifests).stdout


def test_masters_have_all_rights_by_no_binding(manifests: str) -> None:
    """Which is said, not listed."""
    answer = told("rights", "group:system:masters", "-f", manifests)
    assert answer["rights"] == []
    assert "may do everything" in answer["notes"][0]
    assert "may do everything" in run("rights", "group:system:masters", "-f", manifests).stdout


# ── can-i ─────────────────────────────────────────────────────────────────────────────────────


def test_can_i_tells_by_what_and_through_whom(manifests: str) -> None:
    """The grant, and which name or group of the subject it is given to."""
    asked = ("can-i", "get", "secrets", "--as", "sa:shop/any", "-n", "payments", "-f", manifests)
    answer = told(*asked)
    assert answer["allowed"] is True
    (grant,) = answer["by"]
    assert (grant["binding"], grant["role"]) == (READERS, READER)
    assert grant["through"] == ["group:system:serviceaccounts:shop"]
    assert "Can sa:shop/any get secrets in namespace payments? yes" in run(*asked).stdout
    in_all = run("can-i", "get", "pods", "-A", "--as", "user:prometheus", "-f", manifests).stdout
    assert "get pods in all namespaces? yes" in in_all


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("get", "pods", "-n", "payments", "--as", "sa:payments/app"), 0),
        (("get", "pods", "-n", "shop", "--as", "sa:payments/app"), 1),
        (("get", "pods", "-A", "--as", "sa:payments/app"), 1),
        (("get", "pods", "-A", "--as", "user:prometheus"), 0),
        (("get", "pods", "one", "--as", "user:system:serviceaccount:payments:app"), 1),
        (("get", "--url", "/metrics", "--as", "user:prometheus"), 0),
        (("get", "--url", "/metrics/more", "--as", "user:prometheus"), 1),
        (("get", "nodes", "--as", "user:prometheus"), 0),
        (("delete", "nodes", "--as", "group:system:masters"), 0),
        (("get", "pods", "-n", "payments", "--as", "user:alice"), 3),
        (("get", "pods", "-n", "shop", "--as", "user:alice"), 1),
    ],
)
def test_exit_codes(tmp_path: Path, manifests: str, arguments: tuple[str, ...], code: int) -> None:
    """0 yes, 1 no, 3 where a role that is bound is not in the files."""
    more = write(tmp_path, "more.yaml", ELSEWHERE)
    result = run("can-i", *arguments, "-f", manifests, "-f", more)
    assert result.exit_code == code, result.output
    answer = told("can-i", *arguments, "-f", manifests, "-f", more, code=code)
    assert answer["allowed"] is (code == 0)
    assert ("undecided" in answer) is (code == 3)


def questions(*specs: dict[str, Any]) -> str:
    """As JSON lines."""
    return "".join(json.dumps(spec) + "\n" for spec in specs)


ALLOWED = {
    "user": "x",
    "groups": ["system:serviceaccounts:shop"],
    "uid": "7",
    "extra": {"scopes": ["a"]},
    "resourceAttributes": {"verb": "get", "resource": "pods", "namespace": "payments"},
}
DENIED = {
    "user": "system:serviceaccount:shop:any",
    "resourceAttributes": {
        "verb": "get",
        "resource": "pods",
        "namespace": "payments",
        "version": "v1",
    },
}
URL = {
    "user": "prometheus",
    "groups": None,
    "nonResourceAttributes": {"verb": "get", "path": "/metrics"},
}
MASTER = DENIED | {"groups": ["system:masters"]}


def test_questions_are_answered_in_order(tmp_path: Path, manifests: str) -> None:
    """One line each; groups are exactly those given, also of what is called like an account."""
    asked = questions(ALLOWED, DENIED, URL, MASTER)
    for path in (write(tmp_path, "questions", asked.replace("\n", "\n\n")), "-"):
        result = run("can-i", "--questions", path, "-f", manifests, "-o", "json", stdin=asked)
        assert result.exit_code == 0, result.output
        answers = [json.loads(line) for line in result.stdout.splitlines()]
        assert [each["allowed"] for each in answers] == [True, False, True, True]
        assert answers[0]["by"][0]["binding"] == READERS
        assert answers[1] == {"allowed": False, "by": []}
        assert answers[3]["by"] == []
        assert "system:masters" in answers[3]["reason"]


def test_questions_for_people_are_a_line_each(tmp_path: Path, manifests: str) -> None:
    """With what allows it."""
    path = write(tmp_path, "questions", questions(ALLOWED, DENIED))
    lines = run("can-i", "--questions", path, "-f", manifests).stdout.splitlines()
    assert lines == ["yes RoleBinding/readers → Role/reader", "no"]


def test_an_undecided_question_shows_in_the_exit_code(tmp_path: Path, manifests: str) -> None:
    """And in its own line."""
    more = write(tmp_path, "more.yaml", ELSEWHERE)
    asked = questions(DENIED, DENIED | {"user": "alice"})
    result = run(
        "can-i", "--questions", "-", "-f", manifests, "-f", more, "-o", "json", stdin=asked
    )
    assert result.exit_code == 3
    sure, unsure = (json.loads(line) for line in result.stdout.splitlines())
    assert "undecided" not in sure
    assert "ClusterRole view" in unsure["undecided"][0]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "line 2: "),
        ("[]", "line 2: Expected `object`"),
        ('{"user": 7}', r"line 2: .*$.user"),
        (json.dumps({"user": "x"}), "exactly one of"),
        (json.dumps(ALLOWED | URL), "exactly one of"),
        (json.dumps(URL | {"user": ""}), "neither user nor groups"),
        (json.dumps(URL | {"nonResourceAttributes": {"path": ""}}), "does not start with /"),
        ('{"user": "\udcff"}', "line 2: "),
    ],
)
def test_a_malformed_question_is_told_by_its_line(
    tmp_path: Path, manifests: str, line: str, message: str
) -> None:
    """What was answered before it stands."""
    path = tmp_path / "questions"
    path.write_bytes((questions(URL) + line).encode(errors="surrogateescape"))
    result = run("can-i", "--questions", str(path), "-f", manifests, "-o", "json")
    assert isinstance(result.exception, InputError)
    assert f"{path}, line 2: " in str(result.exception)
    for part in message.split(".*"):
        assert part in str(result.exception)
    assert len(result.stdout.splitlines()) == 1


# ── refusals ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("who-can", "get"), "a RESOURCE or --url"),
        (("who-can", "get", "pods", "--url", "/x"), "a RESOURCE or --url"),
        (("who-can", "get", "pods", "-n", "a", "-A"), "--namespace NAME or --all-namespaces"),
        (("can-i", "get", "pods"), "--as SUBJECT"),
        (("can-i", "--as", "user:x"), "--as SUBJECT"),
        (("can-i", "get", "pods", "--questions", "x"), "give none besides"),
        (("can-i", "-A", "--questions", "x"), "give none besides"),
        (("can-i", "--questions", "-", "-f", "-"), "stdin holds either"),
    ],
)
def test_contradictions_are_usage_errors(arguments: tuple[str, ...], message: str) -> None:
    """Exit code 2, and the message names what to change."""
    result = run(*arguments)
    assert result.exit_code == 2
    assert message in result.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("who-can", "get", "pod"), "did you mean pods?"),
        (("can-i", "get", "pods", "--as", "alice"), "sa:NAMESPACE/NAME"),
        (("rights", "alice"), "sa:NAMESPACE/NAME"),
        (("who-can", "get", "--url", "metrics"), "starts with /"),
        (("can-i", "--questions", "absent.jsonl"), "absent.jsonl: No such file"),
        (("who-can", "get", "pods", "-f", "absent.yaml"), "absent.yaml: no such file"),
    ],
)
def test_unusable_input_is_named(manifests: str, arguments: tuple[str, ...], message: str) -> None:
    """One line that says what to write instead."""
    assert message in refused(*arguments, "-f", manifests)


def test_files_from_stdin(manifests: str) -> None:
    """As `kubectl get … -o yaml | assessor rbac …` sends them."""
    text = Path(manifests).read_text(encoding="utf-8")
    assert run("who-can", "get", "nodes", "-f", "-", stdin=text).exit_code == 0
    assert "stdin, line 1" in refused("who-can", "get", "nodes", "-f", "-", stdin="a: ]")
