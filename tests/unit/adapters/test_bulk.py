"""How much there is to judge: every part counts that may be a finding, or is compared."""

from collections.abc import Sequence

import pytest
from msgspec.structs import replace

from assessor.adapters.bulk import (
    MOST_MATCHES,
    MOST_PARTS,
    MOST_POLICIES,
    MOST_POLICY_PARTS,
    burdens,
    parts_of,
)
from assessor.controller.reconciler import MANY_PARTS, is_heavy
from assessor.inventory.containers import Container, ContainerPort, Exposure, Mount
from assessor.inventory.credentials import ConfigMap
from assessor.inventory.kinds import Evidence
from assessor.inventory.network import (
    IPBlock,
    LabelSelector,
    NetworkPolicy,
    Peer,
    PolicyPort,
    PolicyRule,
    Requirement,
)
from assessor.inventory.security import ContainerSecurity
from assessor.inventory.snapshot import GapReason
from assessor.inventory.volumes import Volume
from assessor.inventory.workloads import PodSpec
from tests.unit.views import bound, deployment, meta, pod, policy, snapshot

LOOKS = Exposure("env[0].value", "PASSWORD", "a credential by its name")


def spec(many: int) -> dict[str, PodSpec]:
    """Pod specs that have very many of one thing each."""
    of_one = {
        "exposures": Container("c", exposures=(LOOKS,) * many),
        "ports": Container("c", ports=(ContainerPort(1),) * many),
        "mounts": Container("c", mounts=(Mount("v", "/"),) * many),
        "secrets": Container("c", secrets=("s",) * many),
        "capabilities": Container("c", security=ContainerSecurity(add=("ALL",) * many)),
    }
    return {name: PodSpec((each,)) for name, each in of_one.items()} | {
        "containers": PodSpec((Container("c"),) * many),
        "volumes": PodSpec(volumes=(Volume("v"),) * many),
        "volume-secrets": PodSpec(volumes=(Volume("v", secrets=("s",) * many),)),
        "pull-secrets": PodSpec(pull_secrets=("s",) * many),
        "annotations": PodSpec(app_armor_annotations=(("c", "x"),) * many),
    }


def policies(many: int) -> dict[str, NetworkPolicy]:
    """Policies that have very many of one thing each."""
    values = LabelSelector((), (Requirement("a", "In", ("v",) * many),))
    labels = LabelSelector((("a", "b"),) * many)
    block = Peer(ip_block=IPBlock("10.0.0.0/8", ("10.0.0.0/16",) * many))
    return {
        "peers": policy("p", PolicyRule((Peer(),) * many)),
        "ports": policy("p", PolicyRule(ports=(PolicyPort(),) * many)),
        "excepted": policy("p", PolicyRule((block,))),
        "values": policy("p", PolicyRule((Peer(pod_selector=values),))),
        "labels": policy("p", PolicyRule((Peer(namespace_selector=labels),))),
        "selected": replace(policy("p"), pod_selector=values),
        "rules": policy("p", *(PolicyRule(),) * many),
    }


@pytest.mark.parametrize("what", spec(0))
def test_parts_of_pods_count(what: str) -> None:
    """Of pods and of what stamps them out; replicas of one template count once."""
    for evidence, make in ((Evidence.PODS, pod), (Evidence.DEPLOYMENTS, deployment)):
        much = spec(MOST_PARTS)[what]
        (gap,) = burdens({evidence: [make("x", much)]})
        assert (gap.evidence, gap.reason) == (evidence, GapReason.NOT_EVALUATED)
        assert f"no more than {MOST_PARTS} are evaluated" in gap.detail
        half = spec(MOST_PARTS // 2)[what]
        assert not list(burdens({evidence: [make("x", half), make("y", half)]}))
    heavy = spec(MANY_PARTS)[what]
    assert is_heavy(snapshot(pods=(pod("x", heavy),)))
    assert is_heavy(snapshot(workloads=(deployment("x", heavy),)))


@pytest.mark.parametrize("what", policies(0))
def test_parts_of_policies_count(what: str) -> None:
    """Each, as each is compared with something."""
    (gap,) = burdens({Evidence.NETWORK_POLICIES: [policies(MOST_POLICY_PARTS)[what]]})
    assert (gap.evidence, gap.reason) == (Evidence.NETWORK_POLICIES, GapReason.NOT_EVALUATED)
    assert not list(burdens({Evidence.NETWORK_POLICIES: [policies(MOST_POLICY_PARTS // 2)[what]]}))
    assert is_heavy(snapshot(network_policies=(policies(MANY_PARTS)[what],)))


def test_policies_count_whatever_is_in_them() -> None:
    """Each selects pods."""
    many = [policy(f"p{number}") for number in range(MOST_POLICIES + 1)]
    (gap,) = burdens({Evidence.NETWORK_POLICIES: many})
    assert gap.detail.startswith(f"{MOST_POLICIES + 1} policies")
    assert not list(burdens({Evidence.NETWORK_POLICIES: many[1:]}))


def test_comparisons_count() -> None:
    """What a policy selects is looked for among all pods: neither need be many."""
    terms, places = MOST_POLICY_PARTS // 2, 2 * MOST_MATCHES // MOST_POLICY_PARTS
    selecting = policies(terms)["selected"]
    for more, expected in ((-1, 0), (1, 1)):
        pods: Sequence[object] = [pod("x")] * (places + more)
        found = burdens({Evidence.NETWORK_POLICIES: [selecting], Evidence.PODS: pods})
        assert len(list(found)) == expected


def test_credentials_of_config_maps_count() -> None:
    """A megabyte of lines may be sixty thousand of them."""
    made = ConfigMap(meta("x"), (LOOKS,) * (MOST_PARTS + 1))
    (gap,) = burdens({Evidence.CONFIG_MAPS: [made]})
    assert gap.evidence is Evidence.CONFIG_MAPS
    assert is_heavy(snapshot(config_maps=(made,)))


def test_rights_elsewhere_make_it_heavy() -> None:
    """Whoever gives them chooses how many."""
    assert is_heavy(snapshot(bindings_elsewhere=(bound("x"),) * MANY_PARTS))


def test_a_usual_namespace_is_judged_at_once() -> None:
    """Ten workloads of some replicas, each with its policy, and what they need."""
    container = Container("c", ports=(ContainerPort(80),) * 2, mounts=(Mount("v", "/"),))
    usual = PodSpec((container,) * 2, volumes=(Volume("v"),) * 3)
    made = snapshot(
        workloads=tuple(deployment(f"d{number}", usual) for number in range(10)),
        pods=tuple(pod(f"p{number}", usual) for number in range(30)),
        network_policies=tuple(policies(3)["peers"] for _ in range(10)),
        config_maps=tuple(ConfigMap(meta(f"c{number}")) for number in range(20)),
    )
    assert not is_heavy(made)
    assert parts_of(made) < MANY_PARTS / 4
