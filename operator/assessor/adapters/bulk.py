"""How much there is to judge in one namespace: each part of an object may be a finding.

A tenant that stores very much is judged beside the event loop, and beyond a limit not at all: that
is Unknown for whoever stored it, and no wait for the others. Commands, which keep nobody waiting,
judge all of it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from assessor.adapters.excess import too_many, weight_of
from assessor.inventory.credentials import ConfigMap
from assessor.inventory.kinds import WORKLOAD_EVIDENCE, Evidence
from assessor.inventory.network import LabelSelector, NetworkPolicy, Peer, PolicyRule
from assessor.inventory.snapshot import EvidenceGap, Snapshot
from assessor.inventory.workloads import Pod, PodSpec, Workload

MOST_PARTS = 20_000
"""Containers, volumes, ports, literals that look like credentials and the like, of one kind."""

MOST_POLICIES = 500
MOST_POLICY_PARTS = 20_000
"""Rules, peers, ports, and what their selectors and blocks name: published lists of a provider's
addresses are of some thousands."""

MOST_MATCHES = 4_000_000
"""Terms of policies' selectors, times the pods and workloads that each is compared with."""

ByKind = Mapping[Evidence, Sequence[object]]
"""The objects of a namespace, of the kinds that are looked at here."""


def burdens(objects: ByKind) -> Iterator[EvidenceGap]:
    """The kinds of which a namespace has more than is evaluated for its status."""
    for evidence in sorted(WORKLOAD_EVIDENCE & objects.keys()):
        yield from too_many(evidence, spec_parts(objects[evidence]), MOST_PARTS, "parts")
    found = exposures(objects.get(Evidence.CONFIG_MAPS, ()))
    yield from too_many(Evidence.CONFIG_MAPS, found, MOST_PARTS, "credentials")
    policies = [
        each
        for each in objects.get(Evidence.NETWORK_POLICIES, ())
        if isinstance(each, NetworkPolicy)
    ]
    places = sum(len(objects[evidence]) for evidence in WORKLOAD_EVIDENCE & objects.keys())
    for number, most, what in (
        (len(policies), MOST_POLICIES, "policies"),
        (policy_parts(policies), MOST_POLICY_PARTS, "parts"),
        (places * sum(map(_selecting, policies)), MOST_MATCHES, "comparisons"),
    ):
        yield from too_many(Evidence.NETWORK_POLICIES, number, most, what)


def parts_of(snapshot: Snapshot) -> int:
    """How many parts there are to be looked at, of all kinds."""
    return (
        spec_parts((*snapshot.workloads, *snapshot.pods))
        + exposures(snapshot.config_maps)
        + policy_parts(snapshot.network_policies)
        + len(snapshot.config_maps)
        + len(snapshot.service_accounts)
        + len(snapshot.secret_makers)
        + sum(len(each.ports) for each in snapshot.services)
        + sum(map(weight_of, (*snapshot.bindings_elsewhere, *snapshot.cluster_role_bindings)))
    )


def spec_parts(objects: Iterable[object]) -> int:
    """The parts of the pod specs of workloads and pods; what many replicas share counts once."""
    specs: dict[int, PodSpec] = {}
    for each in objects:
        if isinstance(each, Workload):
            specs[id(each.template)] = each.template
        elif isinstance(each, Pod):
            specs[id(each.spec)] = each.spec
    return sum(map(_of_spec, specs.values()))


def exposures(objects: Iterable[object]) -> int:
    """The literals of ConfigMaps that look like credentials."""
    return sum(len(each.exposures) for each in objects if isinstance(each, ConfigMap))


def policy_parts(policies: Iterable[NetworkPolicy]) -> int:
    """The parts of policies."""
    return sum(
        1
        + _terms(policy.pod_selector)
        + sum(map(_of_rule, policy.ingress))
        + sum(map(_of_rule, policy.egress))
        for policy in policies
    )


def _of_spec(spec: PodSpec) -> int:
    """A loop, and no sums of sums: it is counted with each judgement."""
    number = 1 + len(spec.containers) + len(spec.volumes) + len(spec.pull_secrets)
    number += len(spec.app_armor_annotations) + len(spec.security.sysctls)
    for each in spec.containers:
        number += len(each.ports) + len(each.mounts) + len(each.secrets) + len(each.exposures)
        number += len(each.security.add) + len(each.security.drop)
    for volume in spec.volumes:
        number += len(volume.secrets) + len(volume.tokens)
    return number


def _of_rule(rule: PolicyRule) -> int:
    return 1 + len(rule.ports) + sum(map(_of_peer, rule.peers))


def _of_peer(peer: Peer) -> int:
    excepted = len(peer.ip_block.excluded) if peer.ip_block else 0
    return 1 + excepted + _terms(peer.pod_selector) + _terms(peer.namespace_selector)


def _terms(selector: LabelSelector | None) -> int:
    if selector is None:
        return 0
    values = sum(1 + len(each.values) for each in selector.match_expressions)
    return len(selector.match_labels) + values


def _selecting(policy: NetworkPolicy) -> int:
    """The terms that are compared with pods."""
    peers = (peer for rule in (*policy.ingress, *policy.egress) for peer in rule.peers)
    return _terms(policy.pod_selector) + sum(
        1 + _terms(peer.pod_selector) for peer in peers if peer.pod_selector
    )
