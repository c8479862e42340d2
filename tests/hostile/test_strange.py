"""Whatever the API server takes: nothing raises or stops, and no text is more than a text."""

import json
from typing import Any

import pytest

from playground.operator_process import OperatorProcess
from tests.hostile.conftest import Neighbour
from tests.hostile.tenant import (
    BINDINGS,
    CONFIG_MAPS,
    ROLES,
    Tenant,
    binding,
    config_map,
    role,
    user,
)
from tests.integration.kube import (
    DEPLOYMENTS,
    POLICIES,
    SERVICES,
    Json,
    Kube,
    control,
    deployment,
    eventually,
    network_policy,
)

PODS = "/api/v1/namespaces/{}/pods"
ESCAPES = "\x1b[2J\x1b[31m\x1b]0;owned\x07\x9b31m"
"""Clear the screen, red letters, another title: what terminals obey."""
LINES = '\n\r\n\x0b\x0c\x85\u2028\u2029{"event": "forged"}\n'
"""Every end of a line that there is, and a log line after it."""
TURNED = "\u202e\u2066\u200b\ufeff\U000e0041"
"""Right to left, isolated, invisible, a byte order mark and a tag."""
MARKUP = "<script>alert(1)</script>[x](javascript:1)|`_*`&amp;]]>=cmd|' /C calc'!A0"
TEXT = ESCAPES + LINES + TURNED + MARKUP + "💥\ufffe" + "%s{0}${x}"
NO_CIDRS = (
    "10.1.2.3/8", "010.0.0.0/8", "::ffff:10.0.0.0/104", "0.0.0.0/00", "1.2.3.4", "1.2.3.4/33",
    "fe80::1%eth0/64", "", "10.0.0.0/8 ", "\u0663.0.0.0/8", "0x0.0.0.0/0", "2001:DB8::/032",
)  # fmt: skip
"""Host bits, zeros before, IPv4 in IPv6, no length, too long a one, zones, blanks, other digits."""
NAMED = ESCAPES + TURNED + LINES.replace("/", "") + "<b>|`"
"""As RBAC's objects may be called: anything without slash and percent sign."""
CONTROLS = {chr(each) for each in (*range(32), *range(127, 160))} | set(TURNED + "\u2028\u2029")


def pod(**more: Any) -> Json:
    """A pod's spec of hostile texts wherever texts may stand."""
    container = {
        "name": "app",
        "image": f"evil/{TEXT}:latest",
        "command": [TEXT, f"--password={TEXT}"],
        "args": [f"--token={TEXT}", TEXT],
        "env": [
            {"name": f"PASSWORD{MARKUP}".replace("=", ""), "value": f"hunter2{TEXT}"},
            {"name": "X", "valueFrom": {"secretKeyRef": {"name": "a", "key": "b"}}},
        ],
        "securityContext": {"capabilities": {"add": [TEXT, "ALL"]}, "privileged": True},
        "workingDir": TEXT,
    }
    return {"containers": [container], "hostNetwork": True} | more


def objects() -> list[tuple[str, Json]]:
    """Objects of every kind that is observed, strange in each field that takes strange things."""
    noted = deployment("noted")
    noted["metadata"]["annotations"] = {"a": TEXT * 20, "kubernetes.io/description": TEXT}
    noted["spec"]["template"]["metadata"]["annotations"] = {"b": TEXT}
    owners = [
        {"apiVersion": "x/v1", "kind": TEXT, "name": TEXT, "uid": f"u{n}", "controller": n == 0}
        for n in range(3)
    ]
    owned = deployment("owned")
    owned["metadata"] |= {"ownerReferences": owners, "finalizers": ["evil.example/never"]}
    named = {"apiGroups": [""], "resources": ["secrets"], "verbs": ["get"], "resourceNames": [TEXT]}
    service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "s"}}
    return [
        (DEPLOYMENTS, deployment("texts", **pod())),
        (DEPLOYMENTS, noted),
        (DEPLOYMENTS, owned),
        (CONFIG_MAPS, config_map("texts", password=f"hunter2{TEXT}", text=f"token: x{TEXT}\n" * 9)),
        (ROLES, role(NAMED, named)),
        (
            BINDINGS,
            binding(NAMED, {"kind": "Role", "name": NAMED}, user(TEXT), user("a\tb")),
        ),
        (
            POLICIES,
            network_policy(
                "ports",
                ingress=[
                    {
                        "ports": [
                            {"protocol": "SCTP", "port": "a-0-z"},
                            {"port": 1, "endPort": 65535},
                        ]
                    }
                ],
                egress=[{"to": [{"ipBlock": {"cidr": "::/0", "except": ["::/1", "8000::/1"]}}]}],
            ),
        ),
        (SERVICES, service | {"spec": {"type": "ExternalName", "externalName": "a.example"}}),
    ]


def make(tenant: Tenant) -> None:
    """Make all of them; AssertionError tells what the API server refuses."""
    request = tenant.kube.plane.request
    answers = [
        request("POST", path.format(tenant.namespace), manifest, token=tenant.token)
        for path, manifest in objects()
    ]
    assert not [answer["message"] for code, answer in answers if code != 201]


def texts_of(value: Any) -> list[str]:
    """All texts within a JSON value."""
    if isinstance(value, dict):
        return [text for key, each in value.items() for text in (key, *texts_of(each))]
    if isinstance(value, list):
        return [text for each in value for text in texts_of(each)]
    return [value] if isinstance(value, str) else []


def test_no_text_is_more_than_a_text(
    kube: Kube, tenant: Tenant, neighbour: Neighbour, operator: OperatorProcess
) -> None:
    """In the status, in Events, in the log and in metrics: nothing that a terminal obeys."""
    begin = operator.log.stat().st_size
    tenant.assess(profile="full", reporting={"maxFindings": 200})
    kube.judged(tenant.namespace)
    make(tenant)
    status = tenant.judged_anew()
    assert "credential" in str(status), "what was made was judged"
    assert not [each for each in status["controls"] if each["result"] == "Error"]
    eventually(lambda: len(tenant.events()) > 1)
    told = [text for text in texts_of(status) if "\n" not in text] + tenant.events()
    assert not [text for text in told if CONTROLS.intersection(text)]
    remediations = {finding["remediation"] for finding in status["findings"]}
    assert not any((CONTROLS - {"\n"}).intersection(text) for text in remediations)
    assert "hunter2" not in str(status) + str(tenant.events()), "a value is never told"
    for line in operator.log.read_bytes()[begin:].decode().splitlines():
        logged = json.loads(line)
        assert logged["event"] != "forged"
        assert "hunter2" not in line
    for line in operator.metrics().splitlines():
        assert line.startswith(("#", "kube_assessor_", "process_")), line
    neighbour.is_served()


@pytest.mark.parametrize(
    "name",
    ["a" * 253, "0", "1e309", "a.b-c.0", "true", "null"],
    ids=["longest", "number", "infinite", "dots", "true", "null"],
)
def test_names_of_assessments(kube: Kube, tenant: Tenant, name: str) -> None:
    """Those that other things could be taken for, and the longest."""
    tenant.assess(name)
    kube.judged(tenant.namespace, name)
    assert tenant.kube.plane.request  # the API server has judged what the tenant may do
    eventually(lambda: any("First assessment" in told for told in tenant.events()))


def test_specs_at_their_limits(kube: Kube, tenant: Tenant, neighbour: Neighbour) -> None:
    """As many patterns as the schema takes, of the most stars: nobody goes to and fro on them."""
    stars = ["*?" * 15 + "*Z", "*-*-*-*-*-*-*-*-*-*-*-*-*-*-*-Z", "?" * 32]
    patterns = [f"*{'*?' * 13}{number:02}" for number in range(61)] + stars
    severities = {f"NET-{number:02}": "Low" for number in range(64)}
    controls = {"include": ["*"], "exclude": patterns, "severities": severities}
    tenant.assess(profile="full", controls=controls, reporting={"maxFindings": 200})
    kube.judged(tenant.namespace)
    neighbour.is_served()


def test_what_the_schema_refuses_stays_out(tenant: Tenant) -> None:
    """Numbers that are none, negative counts, keys twice, other types: the API server says no."""
    path = (
        "/apis/kube-assessor.dev/v1alpha1/namespaces/{}/securityassessments?fieldValidation=Strict"
    )
    head = (
        '{"apiVersion":"kube-assessor.dev/v1alpha1","kind":"SecurityAssessment",'
        '"metadata":{"name":"x"},'
    )
    for spec in (
        '{"reporting":{"maxFindings":-1}}',
        '{"reporting":{"maxFindings":1e999}}',
        '{"reporting":{"maxFindings":NaN}}',
        '{"reporting":{"maxFindings":"5"}}',
        '{"interval":"9999999999h"}',
        '{"interval":"1h","interval":"2h"}',
        '{"profile":"../x"}',
        '{"profile":"a\\u0000"}',
        '{"controls":{"include":["' + "A" * 33 + '"]}}',
        '{"controls":[]}',
        '{"namespaceSelector":{}}',
    ):
        body = f'{head}"spec":{spec}}}'.encode()
        code, _ = tenant.kube.plane.request(
            "POST", path.format(tenant.namespace), body, token=tenant.token
        )
        assert code in (400, 422), spec


def test_finalizers_and_owners_hold_nobody(
    kube: Kube, tenant: Tenant, neighbour: Neighbour
) -> None:
    """An assessment that waits for its end, and two that own each other, are judged as any."""
    uids = {name: tenant.assess(name)["metadata"]["uid"] for name in ("a", "b")}
    path = "/apis/kube-assessor.dev/v1alpha1/namespaces/{}/securityassessments/"
    for name, other in (("a", "b"), ("b", "a")):
        owner = {
            "apiVersion": "kube-assessor.dev/v1alpha1",
            "kind": "SecurityAssessment",
            "name": other,
            "uid": uids[other],
        }
        finalizers = ["evil.example/never"]
        tenant.merge(path + name, {"metadata": {"ownerReferences": [owner]}})
        tenant.merge(path + name, {"metadata": {"finalizers": finalizers}})
    code, _ = kube.plane.request("DELETE", path.format(tenant.namespace) + "a", token=tenant.token)
    assert code == 200
    tenant.judged_anew("b")
    neighbour.is_served()
    for name in "ab":
        tenant.merge(path + name, {"metadata": {"finalizers": None}})


def test_addresses_that_are_none(kube: Kube, tenant: Tenant, neighbour: Neighbour) -> None:
    """Of policies the API server refuses them, so that nobody can store any today.

    What older ones took is read as they did (tests/unit/analysis/test_cidr.py). Of Services it
    still takes blanks around one.
    """
    path = POLICIES.format(tenant.namespace)
    for number, cidr in enumerate(NO_CIDRS):
        policy = network_policy(f"p{number}", ingress=[{"from": [{"ipBlock": {"cidr": cidr}}]}])
        code, _ = kube.plane.request("POST", path, policy, token=tenant.token)
        assert code == 422, cidr
    tenant.assess(profile="full", reporting={"maxFindings": 200})
    kube.judged(tenant.namespace)
    ranges = ["0.0.0.0/0", " 10.0.0.0/8\t"]
    balanced = {"type": "LoadBalancer", "ports": [{"port": 1}], "loadBalancerSourceRanges": ranges}
    service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "s"}, "spec": balanced}
    tenant.make(SERVICES, service)
    status = tenant.judged_anew()
    assert not [each for each in status["controls"] if each["result"] == "Error"]
    neighbour.is_served()


def test_pods_of_very_many_debuggers(kube: Kube, tenant: Tenant, neighbour: Neighbour) -> None:
    """Containers that are added to what runs: each is judged as any, and none is lost."""
    tenant.assess(profile="full", reporting={"maxFindings": 200})
    kube.judged(tenant.namespace)
    spec = {"containers": [{"name": "app", "image": "app:1.0"}]}
    pod_ = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": spec}
    path = f"{PODS.format(tenant.namespace)}/p"
    tenant.make(PODS, pod_)
    debuggers = [
        {"name": f"d{n}", "image": "app:1.0", "securityContext": {"privileged": True}}
        for n in range(1_000)
    ]
    # The built-in roles give the right to nobody: a cluster's owner would have to.
    kube.call(
        "PATCH",
        f"{path}/ephemeralcontainers",
        {"spec": {"ephemeralContainers": debuggers}},
        content_type="application/strategic-merge-patch+json",
    )

    def told(status: Json) -> bool:
        return bool(control(status, "WORKLOAD-03")["result"] == "Fail")

    status = kube.judged(tenant.namespace, when=told, what="privileged containers")
    assert status["truncated"] >= len(debuggers) - 200
    neighbour.is_served()
