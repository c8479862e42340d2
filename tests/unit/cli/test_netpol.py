"""`assessor netpol` on files: connections, reasons, differences and fixes."""

import json
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from assessor.cli.netpol import netpol
from assessor.kernel.errors import InputError

APP = """\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: {name}, namespace: shop}}
spec:
  selector: {{matchLabels: {{app: {name}}}}}
  template:
    metadata: {{labels: {{app: {name}}}}}
    spec:
      containers:
      - {{name: main, ports: [{{name: http, containerPort: 8080}}]}}
---
apiVersion: v1
kind: Service
metadata: {{name: {name}, namespace: shop}}
spec:
  selector: {{app: {name}}}
  ports: [{{port: 80, targetPort: http}}]
---
"""
APPS = APP.format(name="web") + APP.format(name="db")
POLICY = """\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {{name: {name}, namespace: shop}}
spec: {spec}
---
"""
DENY = POLICY.format(name="deny", spec="{podSelector: {}, policyTypes: [Ingress, Egress]}")
WEB_TO_DB = POLICY.format(
    name="db",
    spec="{podSelector: {matchLabels: {app: db}}, ingress: [{from: [{podSelector: {matchLabels:"
    " {app: web}}}], ports: [{port: http}]}]}",
)
BLOCK = POLICY.format(
    name="block",
    spec="{podSelector: {matchLabels: {app: db}}, ingress: [{from: [{ipBlock: {cidr:"
    " 10.0.0.0/8}}]}]}",
)


@pytest.fixture
def files(tmp_path: Path) -> "Files":
    """Where a test's manifests are."""
    return Files(tmp_path)


class Files:
    """Manifests in files, and the command on them."""

    def __init__(self, folder: Path) -> None:
        """``folder`` is empty."""
        self.folder = folder

    def put(self, text: str, name: str = "all.yaml") -> str:
        """Write a file; its path."""
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return str(path)


def run(*arguments: str) -> Result:
    """The command, whose errors are raised."""
    result = CliRunner().invoke(netpol, arguments)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


# ── connections ───────────────────────────────────────────────────────────────────────────────


def test_lines_as_others_write_them(files: Files) -> None:
    """One for each pair, sorted; the world outside is one end."""
    told = run("connections", "-f", files.put(APPS + WEB_TO_DB)).stdout
    assert told.splitlines() == [
        "0.0.0.0-255.255.255.255[External] => shop/web[Deployment] : All Connections",
        "shop/db[Deployment] => 0.0.0.0-255.255.255.255[External] : All Connections",
        "shop/db[Deployment] => shop/web[Deployment] : All Connections",
        "shop/web[Deployment] => 0.0.0.0-255.255.255.255[External] : All Connections",
        "shop/web[Deployment] => shop/db[Deployment] : TCP 8080",
    ]


def test_what_hangs_on_the_plugin_is_unknown(files: Files) -> None:
    """Whether an ipBlock means pods; with an option it does not."""
    file = files.put(APPS + BLOCK)
    line = "shop/web[Deployment] => shop/db[Deployment] : unknown: All Connections"
    assert line in run("connections", "-f", file).stdout.splitlines()
    never = run("connections", "-f", file, "--ip-blocks-match-pods", "never").stdout
    assert "shop/web[Deployment] => shop/db[Deployment]" not in never
    assert "10.0.0.0-10.255.255.255[External] => shop/db[Deployment]" in never


def test_policies_in_other_languages_make_it_unknown(files: Files) -> None:
    """They are named, and nothing is certain where they are."""
    cilium = (
        "apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {name: c, namespace: shop}"
    )
    result = run("connections", "-f", files.put(APPS + cilium))
    assert "CiliumNetworkPolicy c is not evaluated" in result.stderr
    assert all(" : unknown: All Connections" in line for line in result.stdout.splitlines())


def test_both_families_on_demand(files: Files) -> None:
    """IPv6 is shown where a policy speaks of it, or somebody asks."""
    file = files.put(APPS)
    assert "::-ffff" not in run("connections", "-f", file).stdout
    assert "::-ffff" in run("connections", "-f", file, "--families", "dual").stdout


def test_documents_for_programs(files: Files) -> None:
    """The same as JSON and for Graphviz."""
    file = files.put(APPS + WEB_TO_DB)
    made = json.loads(run("connections", "-f", file, "-o", "json").stdout)["connections"]
    (edge,) = [c for c in made if "db[" in c["destination"] and "web[" in c["source"]]
    assert edge["ports"] == {"TCP": [[8080, 8080]]}
    dot = run("connections", "-f", file, "-o", "dot").stdout
    assert '"shop/web[Deployment]" -> "shop/db[Deployment]" [label="TCP 8080"];' in dot


def test_an_ingress_is_a_way_in(files: Files) -> None:
    """To the port that it names, where policies let strangers in."""
    ingress = """\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, namespace: shop}
spec: {defaultBackend: {service: {name: web, port: {number: 80}}}}
"""
    told = run("connections", "-f", files.put(APPS + ingress)).stdout
    assert "{ingress-controller} => shop/web[Deployment] : TCP 8080" in told
    closed = run("connections", "-f", files.put(APPS + DENY + ingress)).stdout
    assert closed == ""


# ── explain ───────────────────────────────────────────────────────────────────────────────────


def test_reasons_on_both_sides(files: Files) -> None:
    """Which rule allows, which policies isolate, and what of their rules does not fit."""
    file = files.put(APPS + DENY + WEB_TO_DB)
    result = run("explain", "-n", "shop", "web", "db", "http", "-f", file)
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "shop/web[Deployment] => shop/db[Deployment] : TCP 8080 is denied",
        "  Egress of shop/web[Deployment]: denied",
        "    isolated by shop/deny, which have no rules",
        "  Ingress of shop/db[Deployment]: allowed",
        "    NetworkPolicy shop/db, spec.ingress[0] allows it",
    ]


def test_a_service_stands_for_what_is_behind_it(files: Files) -> None:
    """And its port for the one that it leads to."""
    file = files.put(APPS + WEB_TO_DB)
    result = run("explain", "shop/web", "shop/svc/db", "80", "-f", file)
    assert result.exit_code == 0
    assert "=> shop/db[Deployment] : TCP 8080 is allowed" in result.stdout


def test_what_it_hangs_on_is_told(files: Files) -> None:
    """With exit code 3."""
    result = run("explain", "shop/web", "shop/db", "80", "-f", files.put(APPS + BLOCK))
    assert result.exit_code == 3
    assert "if the pod's address is at or after 10.0.0.0" in result.stdout


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (("shop/gone", "shop/db", "80"), "no workload shop/gone"),
        (("shop/web", "shop/svc/gone", "80"), "no Service shop/gone"),
        (("shop/web", "shop/svc/db", "81"), "has no port TCP 81"),
        (("shop/web", "shop/db", "ftp"), "calls a TCP port 'ftp'"),
        (("shop/web", "shop/db", "70000"), "1 to 65535"),
        (("shop/web", "shop/db", "80/ICMP"), "one of SCTP, TCP, UDP"),
        (("a/b/c/d", "shop/db", "80"), "is no end"),
    ],
)
def test_what_cannot_be_asked_is_told(files: Files, asked: tuple[str, ...], told: str) -> None:
    """By what is wrong with it."""
    with pytest.raises(InputError, match=told):
        run("explain", *asked, "-f", files.put(APPS))


# ── diff ──────────────────────────────────────────────────────────────────────────────────────


def test_what_a_change_opens_and_closes(files: Files) -> None:
    """Signs for either, and neighbouring parts of the world as one end."""
    before = files.put(APPS + DENY + BLOCK, "before.yaml")
    after = files.put(APPS + DENY + WEB_TO_DB, "after.yaml")
    result = run("diff", before, after, "--ip-blocks-match-pods", "never")
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "- 10.0.0.0-10.255.255.255[External] => shop/db[Deployment] : All Connections",
    ]
    back = run("diff", files.put(APPS, "a.yaml"), files.put(APPS + DENY, "b.yaml"))
    assert "- 0.0.0.0-255.255.255.255[External] => shop/db[Deployment] : All Connections" in (
        back.stdout.splitlines()
    )
    assert "- shop/db[Deployment] => shop/db[Deployment] : All Connections" in back.stdout


def test_no_difference(files: Files) -> None:
    """However it is written."""
    same = POLICY.format(name="other", spec="{podSelector: {}, policyTypes: [Egress, Ingress]}")
    before, after = files.put(APPS + DENY, "a.yaml"), files.put(APPS + same, "b.yaml")
    result = run("diff", before, after)
    assert (result.exit_code, result.stdout) == (0, "")
    assert "No connection" in run("diff", before, after, "-o", "md").stdout


def test_new_workloads_are_told(files: Files) -> None:
    """Their connections are opened by being there."""
    before = files.put(APP.format(name="web"), "a.yaml")
    after = files.put(APPS, "b.yaml")
    lines = run("diff", before, after).stdout.splitlines()
    edge = "+ shop/web[Deployment] => shop/db[Deployment] : All Connections"
    assert f"{edge}  (new: shop/db[Deployment])" in lines
    made = json.loads(run("diff", before, after, "-o", "json").stdout)["differences"]
    assert {each["effect"] for each in made} == {"opened"}


# ── fix ───────────────────────────────────────────────────────────────────────────────────────


def test_a_fix_denies_and_keeps_what_services_explain(files: Files) -> None:
    """It is proven in its comments, and does what they say."""
    file = files.put(APPS)
    result = run("fix", "-f", file, "-n", "shop")
    assert result.exit_code == 0
    assert "# shop: none of 2 explained edges is cut" in result.stdout
    assert "no-network-policy" in result.stdout
    fixed = files.put(APPS + result.stdout, "fixed.yaml")
    lines = run("connections", "-f", fixed).stdout.splitlines()
    assert lines == [
        "shop/db[Deployment] => shop/web[Deployment] : TCP 8080",
        "shop/web[Deployment] => shop/db[Deployment] : TCP 8080",
    ]
    again = run("fix", "-f", fixed, "-n", "shop")
    assert [each for each in yaml.safe_load_all(again.stdout) if each] == []


def test_a_fix_does_not_widen_what_is_narrow(files: Files) -> None:
    """A workload that one caller may reach stays so, whatever its Service explains."""
    result = run("fix", "-f", files.put(APPS + WEB_TO_DB), "-n", "shop")
    fixed = files.put(APPS + WEB_TO_DB + result.stdout, "fixed.yaml")
    lines = run("connections", "-f", fixed).stdout.splitlines()
    assert "shop/web[Deployment] => shop/db[Deployment] : TCP 8080" in lines
    assert "opens" not in result.stdout
    closed = run("explain", "shop/db", "shop/db", "8080", "-f", fixed)
    assert closed.exit_code == 1


def test_a_fix_takes_away_rules_for_everybody(files: Files) -> None:
    """The policy is shown without them; what was explained stays open."""
    everybody = POLICY.format(name="open", spec="{podSelector: {}, ingress: [{}]}")
    result = run("fix", "-f", files.put(APPS + everybody), "-n", "shop")
    made = {each["metadata"]["name"]: each for each in yaml.safe_load_all(result.stdout) if each}
    assert made["open"]["spec"] == {"podSelector": {}, "policyTypes": ["Ingress"]}
    assert "allow-ingress-web" in made


def test_who_serves_ingresses_is_asked_for(files: Files) -> None:
    """Nothing in a namespace tells it."""
    ingress = """\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop, namespace: shop}
spec: {defaultBackend: {service: {name: web, port: {number: 80}}}}
"""
    file = files.put(APPS + ingress)
    assert "--ingress-from NAMESPACE" in run("fix", "-f", file, "-n", "shop").stdout
    named = run("fix", "-f", file, "-n", "shop", "--ingress-from", "ingress-nginx").stdout
    assert "kubernetes.io/metadata.name: ingress-nginx" in named


def test_a_namespace_that_is_not_there(files: Files) -> None:
    """It is not mended by inventing it."""
    with pytest.raises(InputError, match="no namespace 'gone'"):
        run("fix", "-f", files.put(APPS), "-n", "gone")
