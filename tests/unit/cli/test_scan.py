"""`assessor scan`: what it finds where, what it skips, and its exit codes."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from assessor.cli.scan import scan
from assessor.kernel.errors import InputError

DEPLOYMENT = """\
# a comment
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      hostPID: yes
      containers:
      - name: web
        image: web:1.0
"""
HOST_PID = ("--control", "host-pid")
POLICY = """\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web}
spec: {podSelector: {matchLabels: {app: web}}, policyTypes: [Ingress]}
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory of its own to be in, so that paths in outputs are short."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("assessor.adapters.manifests.reading._stdin", DEPLOYMENT.encode)
    return tmp_path


def write(name: str, text: str) -> str:
    """Write a file below the current directory."""
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return name


def run(*arguments: str) -> Result:
    """Call the command."""
    return CliRunner().invoke(scan, arguments)


def document(*arguments: str) -> dict[str, Any]:
    """Call the command for JSON."""
    made: dict[str, Any] = json.loads(run(*arguments, "-o", "json").stdout)
    return made


def checks(*arguments: str) -> list[str]:
    """The checks that find something."""
    return sorted({each["check"] for each in document(*arguments)["findings"]})


def test_a_finding_says_where_it_is_and_how_to_mend_it() -> None:
    """File, line and column of the field, the object, and a patch."""
    file = write("deploy/web.yaml", f"---\n{DEPLOYMENT}")
    result = document("deploy", *HOST_PID)
    (finding,) = result["findings"]
    assert (finding["file"], finding["line"], finding["column"]) == (file, 12, 7)
    assert finding["object"] == {
        "group": "apps",
        "kind": "Deployment",
        "namespace": "default",
        "name": "web",
    }
    assert finding["path"] == "spec.template.spec.hostPID"
    assert finding["patch"] == [{"path": "spec.template.spec.hostPID", "value": None}]
    assert result["failed"] is True


@pytest.mark.parametrize(
    ("fail_on", "code"), [("critical", 1), ("info", 1), ("never", 0), ("CRITICAL", 1)]
)
def test_exit_code_follows_fail_on(fail_on: str, code: int) -> None:
    """A finding below what fails the scan is told, and no failure."""
    write("web.yaml", DEPLOYMENT)
    assert run("web.yaml", *HOST_PID, "--fail-on", fail_on).exit_code == code
    assert run("web.yaml", "--control", "no-cpu-limit").exit_code == 0


def test_what_cannot_be_read_is_told_and_the_rest_is_scanned() -> None:
    """In the same file, too; and exit code 2 says that nobody knows what is in it."""
    write("a.yaml", f"kind: Pod\napiVersion: v1\nmetadata: [\n---\n{DEPLOYMENT}")
    write("b.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: b}\nspec: {containers: 1}\n")
    Path("c.yaml").write_bytes(b"apiVersion: v1\nkind: \xff\n")
    write("d.yaml", DEPLOYMENT.replace("name: web\nspec", "name: d\nspec"))
    result = run(".", *HOST_PID, "-o", "json")
    assert result.exit_code == 2
    told = json.loads(result.stdout)
    places = [(each["file"], each["line"]) for each in told["errors"]]
    assert places == [("a.yaml", 4), ("b.yaml", 1), ("c.yaml", 2)]
    assert [each["file"] for each in told["findings"]] == ["a.yaml", "d.yaml"]


def test_what_is_no_manifest_is_skipped_and_counted() -> None:
    """Custom resources, templates, values, and built-in kinds without checks."""
    write("cr.yaml", "apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: a}\n")
    write("chart.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {{ include x }}\n{{- if a }}\n")
    write("values.yaml", "image: a\n")
    write("list.yaml", "apiVersion: v1\nkind: Node\nmetadata: {name: a}\n")
    result = run(".", "-o", "json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["summary"]["skipped"] == {
        "customResources": 1,
        "noObjects": 1,
        "otherKinds": 1,
        "templates": 1,
    }


@pytest.mark.parametrize(
    "text",
    [
        json.dumps({"apiVersion": "v1", "kind": "List", "items": [{"spec": 1}]}, indent=1),
        "apiVersion: v1\nkind: PodList\nitems: 3\n",
        "apiVersion: apps/v1beta1\nkind: Deployment\nmetadata: {name: a}\n",
        '{"apiVersion": "v1", "kind": "Pod", }',
        f'{{"apiVersion": "v1", "kind": "Pod", "a": {"[" * 3000}',
    ],
)
def test_unusable_objects_are_errors(text: str) -> None:
    """Each with a line, and none ends the run."""
    write("a.json", text)
    result = run("a.json", "-o", "json")
    assert result.exit_code == 2
    (error,) = json.loads(result.stdout)["errors"]
    assert error["line"] >= 1


def test_lists_json_and_stdin() -> None:
    """Objects are found in each, at their own lines."""
    pod = {"metadata": {"name": "a"}, "spec": {"hostPID": True, "containers": []}}
    typed = {"apiVersion": "v1", "kind": "PodList", "items": [pod]}
    write("list.json", json.dumps({"apiVersion": "v1", "kind": "List", "items": [typed]}, indent=1))
    (finding,) = document("list.json", *HOST_PID)["findings"]
    assert (
        Path("list.json")
        .read_text()
        .splitlines()[finding["line"] - 1]
        .strip()
        .startswith('"hostPID"')
    )
    (finding,) = document("-", *HOST_PID)["findings"]
    assert (finding["file"], finding["line"]) == ("-", 11)


def test_ignore_files_are_read_as_git_reads_them() -> None:
    """Nested, negated, and without a say over what is named itself."""
    Path(".git").mkdir()
    write(".gitignore", "/out/\n*.gen.yaml\n")
    write("in/.assessorignore", "!keep.gen.yaml\nskip.yaml\n")
    for name in ("out/a.yaml", "a.gen.yaml", "in/keep.gen.yaml", "in/skip.yaml", "in/a.yaml"):
        write(name, DEPLOYMENT)
    found = {each["file"] for each in document(".", *HOST_PID)["findings"]}
    assert found == {"in/keep.gen.yaml", "in/a.yaml"}
    found = {each["file"] for each in document("in", "out/a.yaml", *HOST_PID)["findings"]}
    assert found == {"in/keep.gen.yaml", "in/a.yaml", "out/a.yaml"}


def test_absence_is_unknown_unless_the_files_are_complete() -> None:
    """A policy may be elsewhere; findings on what is there do not wait for that."""
    write("web.yaml", DEPLOYMENT)
    told = document(".", "--control", "NET-01")
    (net,) = (each for each in told["controls"] if each["id"] == "NET-01")
    assert (net["result"], net["reason"], told["findings"]) == ("Unknown", "Partial", [])
    assert checks(".", "--control", "NET-01", "--complete") == ["no-network-policy"]
    write("policy.yaml", POLICY.replace("app: web", "app: other"))
    assert checks(".", "--control", "pod-not-isolated-ingress", "--complete") == [
        "pod-not-isolated-ingress"
    ]


def test_objects_of_several_files_are_judged_together() -> None:
    """A binding here, the role that it grants there."""
    rbac = "apiVersion: rbac.authorization.k8s.io/v1\n"
    write(
        "role.yaml",
        f"{rbac}kind: Role\nmetadata: {{name: r}}\n"
        "rules: [{apiGroups: ['*'], resources: ['*'], verbs: ['*']}]\n",
    )
    write(
        "binding.yaml",
        f"{rbac}kind: RoleBinding\nmetadata: {{name: b}}\n"
        f"roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: Role, name: r}}\n"
        "subjects: [{kind: ServiceAccount, name: default, namespace: default}]\n",
    )
    found = document(".", "--control", "AUTHZ-01")["findings"]
    assert {each["file"] for each in found} == {"binding.yaml"}
    assert found


def test_each_variant_of_an_object_is_judged() -> None:
    """Overlays hold the same names: none hides the other."""
    write("a/web.yaml", DEPLOYMENT.replace("hostPID: yes", "serviceAccountName: web"))
    write("b/web.yaml", DEPLOYMENT.replace("hostPID: yes", "serviceAccountName: default"))
    write("c/web.yaml", DEPLOYMENT.replace("hostPID: yes", "hostIPC: true"))
    found = document(".", "--control", "default-service-account-used")["findings"]
    assert [each["file"] for each in found] == ["b/web.yaml", "c/web.yaml"]
    assert checks(".", "--control", "host-ipc") == ["host-ipc"]


def test_a_baseline_lets_a_repository_start_at_zero() -> None:
    """What it holds is counted and not told; what is new fails."""
    write("web.yaml", DEPLOYMENT)
    assert run(".", "--write-baseline", "known.json").exit_code == 0
    result = run(".", "--baseline", "known.json", "-o", "json")
    assert result.exit_code == 0
    told = json.loads(result.stdout)
    assert told["findings"] == []
    assert told["summary"]["inBaseline"] == len(
        json.loads(Path("known.json").read_text())["findings"]
    )
    write("web.yaml", "# moved\n\n" + DEPLOYMENT.replace("web:1.0", "web:2.0"))
    assert run(".", "--baseline", "known.json").exit_code == 0
    write("new.yaml", DEPLOYMENT.replace("name: web\nspec", "name: new\nspec"))
    assert run(".", "--baseline", "known.json").exit_code == 1


def test_a_configuration_file_holds_options() -> None:
    """That of the current directory by itself; the command line wins."""
    write("deploy/web.yaml", DEPLOYMENT)
    write("assessor.yaml", "failOn: never\ncontrols: {include: [host-pid]}\n")
    assert checks("deploy") == ["host-pid"]
    assert run("deploy").exit_code == 0
    assert run("deploy", "--fail-on", "high").exit_code == 1
    write("other.yaml", "controls: {severities: {WORKLOAD-05: Low}, include: [WORKLOAD-05]}\n")
    assert run("deploy", "--config", "other.yaml").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("nowhere.yaml",), "no such file"),
        ((".", "--profile", "mine"), "choose one of"),
        ((".", "--control", "WORKLOAD-99"), "names no control"),
        ((".", "--config", "bad.yaml"), "unknown field `failon`"),
        ((".", "--config", "nowhere.yaml"), "No such file"),
        ((".", "--baseline", "bad.yaml"), "is no baseline"),
    ],
)
def test_unusable_arguments(arguments: tuple[str, ...], told: str) -> None:
    """One sentence, and nothing is scanned."""
    write("bad.yaml", "failon: high\n")
    error = run(*arguments).exception
    assert isinstance(error, InputError)
    assert told in str(error)


def test_repeated_keys_are_warned_of_and_the_last_counts() -> None:
    """As the API server takes it, which kubectl's strict validation then refuses."""
    write("web.yaml", DEPLOYMENT.replace("hostPID: yes", "hostPID: yes\n      hostPID: no"))
    told = document(".", *HOST_PID)
    assert told["findings"] == []
    assert [(each["line"], "hostPID" in each["message"]) for each in told["warnings"]] == [
        (12, True)
    ]


def test_several_processes_find_what_one_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the same order."""
    for number in range(60):
        write(f"{number:02}.yaml", DEPLOYMENT.replace("name: web\nspec", f"name: w{number}\nspec"))
    write("30.yaml", "apiVersion: v1\nkind: [\n")
    several = document(".")
    monkeypatch.setattr("assessor.scanner.scan.WORTH_PROCESSES", 1000)
    assert several == document(".")
    assert len(several["errors"]) == 1
    assert several["summary"]["objects"] == 59


def test_nothing_but_the_table_is_written_into_a_pipe() -> None:
    """No bar, no colours."""
    write("web.yaml", DEPLOYMENT)
    write("more.yaml", POLICY)
    result = run(".")
    assert "\x1b" not in result.output
    assert result.stderr == ""
    assert "Critical  WORKLOAD-05" in result.stdout
