"""What a tenant stores costs memory in proportion, and no more time than it is worth."""

from collections.abc import Iterator
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
    Json,
    Kube,
    condition,
    control,
    deployment,
    network_policy,
)

MIB = 2**20
GROWTH = 12
"""Bytes of memory that a stored byte may take at most; SLACK for what Python keeps besides."""
SLACK = 48 * MIB

TEXT = 900_000
"""Characters: as much as a ConfigMap holds."""

Attack = tuple[str, Json]


def blocks(number: int) -> Iterator[Json]:
    """CIDRs that do not touch each other."""
    for each in range(number):
        yield {
            "ipBlock": {"cidr": f"{each >> 15 & 127 | 16}.{each >> 7 & 255}.{each << 1 & 255}.0/24"}
        }


def many_blocks() -> Iterator[Attack]:
    """Policies of thousands of blocks, and of thousands of ports."""
    yield POLICIES, network_policy("blocks", ingress=[{"from": list(blocks(10_000))}])
    ports = [{"protocol": "TCP", "port": 2 * each + 1} for each in range(20_000)]
    yield POLICIES, network_policy("ports", ingress=[{"ports": ports}])


def many_rules() -> Iterator[Attack]:
    """As many rules as there may be, each to be compared with each."""
    rules = [
        {"to": [block], "ports": [{"protocol": "TCP", "port": number + 1}]}
        for number, block in enumerate(blocks(3_000))
    ]
    for name in "abc":
        yield POLICIES, network_policy(name, policyTypes=["Ingress", "Egress"], egress=rules)


def many_policies() -> Iterator[Attack]:
    """Workloads and policies for each."""
    for number in range(150):
        labels = {"app": f"d{number}"}
        peers = [{"podSelector": {"matchLabels": labels}}, *blocks(2)]
        rules = [{"from": peers}, {"from": [{"ipBlock": {"cidr": "0.0.0.0/1"}}]}]
        made = network_policy(f"p{number}", podSelector={"matchLabels": labels}, ingress=rules)
        yield DEPLOYMENTS, deployment(f"d{number}")
        yield POLICIES, made


def many_rights() -> Iterator[Attack]:
    """Roles of thousands of rules, names and verbs, and bindings of thousands of subjects."""
    patch = ("create", "patch")
    for name in "abc":
        rules = [
            {
                "apiGroups": ["apps"],
                "resources": ["deployments"],
                "verbs": [patch[number % 2]],
                "resourceNames": [f"{name}{number // 2}"],
            }
            for number in range(4_000)
        ]
        yield ROLES, role(name, *rules)
        subjects = [user(f"user-{number}") for number in range(5_000)]
        yield BINDINGS, binding(name, {"kind": "Role", "name": name}, *subjects)


def many_containers() -> Iterator[Attack]:
    """Deployments of hundreds of containers with variables, ports, mounts and long images."""
    variables = [{"name": f"PASSWORD_{number}", "value": "hunter2abc"} for number in range(60)]
    containers = [
        {
            "name": f"c{number}",
            "image": f"registry.example/{'a' * 200}/{number}:1.0",
            "env": variables,
            "ports": [{"containerPort": number + 1, "name": f"p{number}"}],
            "args": [f"--token={number:032}"],
            "volumeMounts": [{"name": f"v{number}", "mountPath": f"/m{number}"}],
        }
        for number in range(300)
    ]
    volumes = [{"name": f"v{n}", "hostPath": {"path": f"/x{n}"}} for n in range(300)]
    for name in "abc":
        yield DEPLOYMENTS, deployment(name, containers=containers, volumes=volumes)


def many_labels() -> Iterator[Attack]:
    """Objects with labels and annotations that are all different."""
    for number in range(12):
        made = config_map(f"labels-{number}")
        labels = {f"key-{number}-{each}": f"value-{each}" for each in range(10_000)}
        made["metadata"] |= {"labels": labels, "annotations": {"note": "n" * 250_000}}
        yield CONFIG_MAPS, made


def texts(unit: str) -> Iterator[Attack]:
    """ConfigMaps of texts that a pattern would go to and fro on."""
    yield CONFIG_MAPS, config_map("text", data=(unit * (TEXT // len(unit) + 1))[:TEXT])


SLOW_TEXTS = {
    "artif": "artif",
    "line-ends": "\n",
    "blanks": "password: x" + " " * 400_000 + "y",
    "tokens": "eyJ",
    "expiry": "expir",
    "certificates": "-----BEGIN CERTIFICATE-----",
    "addresses": "://a:",
}


@pytest.mark.parametrize(
    "attack",
    [
        pytest.param(each, id=each.__name__)
        for each in (
            many_blocks, many_rules, many_policies, many_rights, many_containers, many_labels
        )
    ]
    + [pytest.param(lambda unit=unit: texts(unit), id=name) for name, unit in SLOW_TEXTS.items()],
)  # fmt: skip
def test_what_is_stored_costs_what_it_weighs(
    kube: Kube, tenant: Tenant, neighbour: Neighbour, operator: OperatorProcess, attack: Any
) -> None:
    """The neighbour is served meanwhile, the tenant afterwards, and memory grows in proportion."""
    tenant.assess(profile="full", reporting={"maxFindings": 200})
    kube.judged(tenant.namespace)
    before, stored = operator.resident_bytes(), 0
    for collection, manifest in attack():
        stored += len(str(tenant.make(collection, manifest)))
    tenant.make(CONFIG_MAPS, config_map("last", text="PASSWORD=hunter2abc"))
    neighbour.is_served()
    seen = "what was stored after it"
    kube.judged(tenant.namespace, when=lambda now: "ConfigMap/last" in str(now), what=seen)
    status = tenant.judged_anew()
    neighbour.is_served()
    assert operator.resident_bytes() - before < GROWTH * stored + SLACK
    assert not [each for each in status["controls"] if each["result"] == "Error"]


@pytest.mark.parametrize(
    ("attack", "expected"),
    [
        pytest.param(many_rules, ("NET-01", "networkpolicies: 9000 rules"), id="policies"),
        pytest.param(many_rights, ("AUTHZ-01", "rolebindings: 15001 subjects"), id="rights"),
    ],
)
def test_more_than_is_evaluated_is_unknown(
    kube: Kube, tenant: Tenant, neighbour: Neighbour, attack: Any, expected: tuple[str, str]
) -> None:
    """For whoever wrote it, and told so; never a pass."""
    tenant.assess()
    kube.judged(tenant.namespace)
    for collection, manifest in attack():
        tenant.make(collection, manifest)
    judged, told = expected
    # Each kind has a watch of its own, so that nothing tells when the last object has come.
    status = kube.judged(
        tenant.namespace,
        when=lambda each: told in condition(each, "EvidenceComplete")["message"],
        what=told,
    )
    verdict = control(status, judged)
    assert (verdict["result"], verdict["reason"]) == ("Unknown", "NotEvaluated")
    neighbour.is_served()


def test_a_start_beside_large_objects(
    kube: Kube, tenant: Tenant, neighbour: Neighbour, operator: OperatorProcess
) -> None:
    """They come by lists then, `<` as six characters each: a page of them is never held whole."""
    for number in range(24):
        tenant.make(CONFIG_MAPS, config_map(f"large-{number}", text="<" * 1_000_000))
    tenant.assess()
    kube.judged(tenant.namespace)
    operator.stop()
    operator.start(timeout=60)
    neighbour.is_served()
    assert operator.peak_bytes() - operator.resident_bytes() < 96 * MIB
