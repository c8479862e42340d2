"""Manifests on disk become what a cluster's objects would, or one line about what is wrong."""

import io
import json
from pathlib import Path
from typing import Any

import pytest

from assessor.adapters.manifests import reading
from assessor.adapters.manifests.strict import read_manifests
from assessor.adapters.rbac_files import read_rbac
from assessor.inventory.decoding.results import Record
from assessor.inventory.kinds import CORE_KINDS, RBAC_KINDS
from assessor.inventory.rbac import PolicyRule, RoleBinding, Subject
from assessor.kernel.errors import InputError

API = "rbac.authorization.k8s.io/v1"
ROLE = f"""
apiVersion: {API}
kind: Role
metadata: {{name: reader}}
rules:
- {{apiGroups: [""], resources: [pods], verbs: [get]}}
"""
BINDING = f"""
apiVersion: {API}
kind: RoleBinding
metadata: {{name: readers, namespace: payments}}
roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}}
subjects: [{{kind: ServiceAccount, name: app}}]
"""
OTHER = "\napiVersion: v1\nkind: Secret\nmetadata: {name: unread}\ndata: 7\n"


def read(*paths: object, namespace: str = "default") -> list[Record]:
    """The RBAC objects of some paths."""
    found = read_manifests([str(path) for path in paths], RBAC_KINDS, namespace=namespace)
    return [each.record for each in found]


def names(*paths: object) -> list[str]:
    """What they are called."""
    return [record.meta.name for record in read(*paths)]


def file(folder: Path, text: str, name: str = "a.yaml") -> Path:
    """A file."""
    path = folder / name
    path.parent.mkdir(exist_ok=True, parents=True)
    path.write_text(text, encoding="utf-8")
    return path


def manifest(kind: str, name: str, **fields: Any) -> dict[str, Any]:
    """An RBAC object."""
    return {"apiVersion": API, "kind": kind, "metadata": {"name": name}} | fields


def test_streams_are_read_in_order_and_other_kinds_skipped(tmp_path: Path) -> None:
    """Even those that would not decode: nobody asked for them."""
    path = file(tmp_path, f"{ROLE}---{OTHER}---{BINDING}")
    assert names(path) == ["reader", "readers"]


def test_defaults_are_those_of_apply(tmp_path: Path) -> None:
    """The namespace of -n where an object has none, and a subject's from its binding."""
    role, binding = read(file(tmp_path, f"{ROLE}---{BINDING}"), namespace="shop")
    assert (role.meta.namespace, binding.meta.namespace) == ("shop", "payments")
    assert isinstance(binding, RoleBinding)
    assert binding.subjects == (Subject("ServiceAccount", "app", "payments"),)


def test_cluster_roles_have_no_namespace(tmp_path: Path) -> None:
    """Whatever the file says."""
    text = ROLE.replace("Role", "ClusterRole").replace("reader", "reader, namespace: x")
    (role,) = read(file(tmp_path, text))
    assert role.meta.namespace == ""


def test_lists_are_opened(tmp_path: Path) -> None:
    """A v1 List, one within another, and the typed list of an API server, whose items say less."""
    bare = {"metadata": {"name": "c"}, "rules": None}
    inner = {"apiVersion": "v1", "kind": "List", "items": [manifest("Role", "b")]}
    listed = {"apiVersion": "v1", "kind": "List", "items": [manifest("Role", "a"), inner]}
    typed = {"apiVersion": API, "kind": "ClusterRoleList", "items": [bare]}
    empty = {"apiVersion": API, "kind": "RoleList", "items": None}
    path = file(tmp_path, "\n".join(map(json.dumps, (listed, typed, empty))), "a.json")
    assert names(path) == ["a", "b", "c"]


def test_lists_of_other_kinds_are_skipped(tmp_path: Path) -> None:
    """They may hold anything."""
    path = file(tmp_path, '{"apiVersion": "v1", "kind": "SecretList", "items": 7}')
    assert names(path) == []


def test_directories_are_read_at_any_depth(tmp_path: Path) -> None:
    """Manifests only, in order, and nothing that is hidden."""
    for number, name in enumerate(("b/x.yml", "a.json", "c.yaml", "b/y/z.yaml")):
        file(tmp_path, json.dumps(manifest("ClusterRole", f"r{number}")), name)
    for name in (".git/x.yaml", ".hidden.yaml", "notes.txt"):
        file(tmp_path, "no: manifest: at all", name)
    assert names(tmp_path) == ["r1", "r2", "r0", "r3"]


def test_what_is_no_object_is_skipped_in_directories_only(tmp_path: Path) -> None:
    """A chart's values are there by chance; a named file is meant."""
    path = file(tmp_path, "replicas: 3\n---\n- a\n", "values.yaml")
    file(tmp_path, ROLE)
    assert names(tmp_path) == ["reader"]
    with pytest.raises(InputError, match=r"values\.yaml, line 1: is no object"):
        read(path)


def test_stdin_is_a_dash(monkeypatch: pytest.MonkeyPatch) -> None:
    """Told as stdin where something is wrong."""
    reading._stdin.cache_clear()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(ROLE.encode())))
    assert names("-") == ["reader"]
    reading._stdin.cache_clear()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"a: [")))
    with pytest.raises(InputError, match=r"^stdin, line 2"):
        read("-")


def test_equal_objects_are_one(tmp_path: Path) -> None:
    """A base may be listed twice, with another UID and spelling even."""
    again = ROLE.replace("name: reader", "name: reader, uid: x, namespace: default")
    assert names(file(tmp_path, f"{ROLE}---{again}")) == ["reader"]


def test_two_versions_of_an_object_are_refused(tmp_path: Path) -> None:
    """Nobody can say which of them counts; both places are named."""
    first = file(tmp_path, ROLE, "one.yaml")
    second = file(tmp_path, "\n" + ROLE.replace("get", "list"), "two.yaml")
    with pytest.raises(InputError, match=r"two\.yaml, .*Role reader is already in .*one\.yaml"):
        read(first, second)


def edited(before: str, after: str) -> str:
    """Both objects, with one thing wrong in the second document."""
    text = f"{ROLE}---{BINDING}"
    assert before in text
    return text.replace(before, after)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (edited("kind: RoleBinding\n", ""), r"line 8: is no object: .*kind is missing"),
        (edited("name: readers, ", ""), r"line 8: RoleBinding: .*`name`"),
        (edited("kind: Role,", "kind: 7,"), r"RoleBinding: readers: .*roleRef\.kind"),
        (edited("name: app", "name: ''"), r"readers: .*subjects\[0\]\.name|\$\.subjects\[\.\.\.\]"),
        (edited("verbs: [get]", "verbs: get"), r"line 2: Role: reader: .*verbs"),
        (edited("[get]", "[yes]"), r"Role: reader: .*verbs"),
        (edited("metadata: {name: reader}", "metadata: 7"), r"line 2: Role: .*metadata"),
        (
            edited(f"{API}\nkind: RoleB", f"{API}beta1\nkind: RoleB"),
            r"line 8: RoleBinding is not served as",
        ),
        (
            '{"apiVersion": "v1", "kind": "List", "items": [{}]}',
            "line 1: .*item is no object",
        ),
        (
            '{"apiVersion": "v1", "kind": "List", "items": [7]}',
            "line 1: .*item is no object",
        ),
        ('{"apiVersion": "v1", "kind": "List", "items": 7}', "items is no list"),
        ('{"apiVersion": "v1", "kind": 7}', "kind is missing or no string"),
        ("7", "line 1: is no object"),
        (f"apiVersion: {API}\nkind: Role\nmetadata: &m {{name: x, labels: *m}}", "itself"),
        ("a: 1\nrules: []\nrules: []\n", "line 3: the key 'rules' is there twice"),
        ('{"a": {"b": 1,\n"b": 2}}', "line 1: the key 'b' is there twice"),
        ('{"a": 1}\n{"a": {"b": 1, "b": 2}}', "line 2: the key 'b' is there twice"),
        ("a: 1\nb: [\n", "line 3"),
        ("[" * 100_000, "line 1"),
    ],
)
def test_what_is_malformed_is_named(tmp_path: Path, text: str, told: str) -> None:
    """File, document, line, object and field, in one line."""
    path = file(tmp_path, text)
    with pytest.raises(InputError, match=told) as raised:
        read(path)
    assert str(raised.value).startswith(f"{path}")
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("name", ["absent.yaml", "empty"])
def test_what_cannot_be_read_is_named(tmp_path: Path, name: str) -> None:
    """A missing file, and a directory without manifests: no evidence, so no answer."""
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match=name):
        read(tmp_path / name)


def test_other_encodings_are_refused(tmp_path: Path) -> None:
    """A byte order mark is fine, and tells UTF-16, which YAML's readers take as well."""
    path = tmp_path / "a.yaml"
    path.write_bytes(b"# caf\xe9" + ROLE.encode())
    with pytest.raises(InputError, match="UTF-8"):
        read(path)
    for encoding in ("utf-8-sig", "utf-16"):
        path.write_bytes(ROLE.encode(encoding))
        assert names(path) == ["reader"]


def test_yaml_is_read_as_the_api_server_decodes_it(tmp_path: Path) -> None:
    """A key becomes text, and a merge counts: an answer is about what would be applied."""
    labels = "labels: {<<: {tier: web}, true: x}"
    text = ROLE.replace("Role", "ClusterRole").replace("reader}", f"reader, {labels}}}")
    (role,) = read(file(tmp_path, text))
    assert role.meta.labels == {"tier": "web", "true": "x"}


def test_any_observed_kind_can_be_read(tmp_path: Path) -> None:
    """The reader knows no kind by name."""
    text = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: app}\n"
    found = list(read_manifests([str(file(tmp_path, text))], CORE_KINDS, namespace="a"))
    assert [each.record.meta.name for each in found] == ["app"]
    assert found[0].place.endswith("a.yaml, line 1")


# ── roles and bindings ────────────────────────────────────────────────────────────────────────


def test_aggregated_roles_are_filled(tmp_path: Path) -> None:
    """No controller has done it for a file; what it declares itself does not count."""
    rule = {"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}
    selector = {"clusterRoleSelectors": [{"matchLabels": {"to": "all"}}]}
    declared = {"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}
    whole = manifest("ClusterRole", "whole", aggregationRule=selector, rules=[declared])
    part = manifest("ClusterRole", "part", rules=[rule])
    part["metadata"]["labels"] = {"to": "all"}
    path = file(tmp_path, f"{json.dumps(whole)}{json.dumps(part)}", "a.json")
    known = read_rbac([str(path)], namespace="default")
    assert known.partial
    assert known.directory.roles["", "whole"].rules == (PolicyRule(("get",), ("",), ("pods",)),)


def test_what_no_api_server_stores_is_refused(tmp_path: Path) -> None:
    """A misspelt kind of subject would grant nothing, without a word."""
    path = file(tmp_path, BINDING.replace("kind: ServiceAccount", "kind: serviceAccount"))
    told = r"line 2: RoleBinding/readers: subjects\[0\]\.kind: 'serviceAccount'"
    with pytest.raises(InputError, match=told):
        read_rbac([str(path)], namespace="default")
