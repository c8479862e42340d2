"""NET-01: egress to the addresses where clouds hand out a node's credentials."""

from collections.abc import Iterator
from ipaddress import ip_address

from assessor.analysis.cidr import Family
from assessor.analysis.netpol.classes import each_bit
from assessor.analysis.netpol.portsets import ports
from assessor.analysis.netpol.rules import Address, blocks_of
from assessor.analysis.netpol.within import network_within, owners, selected_classes
from assessor.analysis.policies import Direction, rules_in_force
from assessor.analysis.ports import reaches
from assessor.analysis.spans import holds, intersect
from assessor.catalogue.checks import Problem, Subjects, check
from assessor.catalogue.patches import Change
from assessor.checks.network.evidence import POLICIES_AND_WORKLOADS
from assessor.checks.network.wording import names_of, path, peer_path, rule_key
from assessor.inventory.network import NetworkPolicy, PolicyRule
from assessor.inventory.snapshot import Snapshot
from assessor.kernel.severity import Severity

SERVICES = ("169.254.169.254", "fd00:ec2::254", "100.100.100.200")
"""Of most clouds; of Amazon over IPv6; of Alibaba."""

HTTP = 80
"""Where all of them answer, over TCP."""


@check(
    "egress-to-metadata",
    control="NET-01",
    severity=Severity.HIGH,
    over=Subjects.NETWORK_POLICIES,
    needs=POLICIES_AND_WORKLOADS,
    remediation="""\
Except the addresses from each block that holds them:
- ipBlock: {cidr: 0.0.0.0/0, except: [169.254.169.254/32, 100.100.100.200/32]}
- ipBlock: {cidr: "::/0", except: ["fd00:ec2::254/128"]}""",
)
def egress_to_metadata(policy: NetworkPolicy, snapshot: Snapshot) -> Iterator[Problem]:
    """An egress rule reaches a cloud's metadata service by CIDR, on the port where it answers.

    Who asks it gets what the node may do: credentials, bootstrap secrets. Blocks are judged without
    their exceptions, rules for ports other than TCP 80 do not reach it, and neither does what a
    policy of the cluster denies. The addresses are those of the clouds' own documentation.
    """
    for index, rule in enumerate(rules_in_force(policy, Direction.EGRESS)):
        if not reaches(rule, ("TCP", HTTP)):
            continue
        for text in SERVICES:
            if _names(rule, _address(text)):
                yield from _problem(policy, snapshot, (index, rule), text)


def _problem(
    policy: NetworkPolicy, snapshot: Snapshot, placed: tuple[int, PolicyRule], text: str
) -> Iterator[Problem]:
    index, rule = placed
    selected = selected_classes(snapshot, policy)
    evaluator = network_within(snapshot).evaluator
    http, address = ports("TCP", HTTP), _address(text)
    reaching = sum(
        1 << number
        for number in each_bit(selected)
        if intersect(evaluator.egress(number, address).possible, http)
    )
    if selected and not reaching:
        return
    named = names_of(owners(snapshot, reaching)) or "the pods it selects"
    yield Problem(
        f"lets {named} reach the cloud's metadata service at {text} by CIDR",
        at=path(Direction.EGRESS, index),
        key=f"{text}:{rule_key(rule)}",
        patch=tuple(_patch(index, rule, address)),
    )


def _patch(index: int, rule: PolicyRule, address: Address) -> Iterator[Change]:
    """The address as one more exception of each block that holds it."""
    family, value = address
    only = f"{family.shown(value)}/{32 if family is Family.IPV4 else 128}"
    for number, peer in enumerate(rule.peers):
        held = blocks_of((peer,)).get(family, ())
        if peer.ip_block and holds(held, value) and held != ((value, value),):
            at = f"{peer_path(Direction.EGRESS, index, number)}.ipBlock.except"
            yield Change(at, [*peer.ip_block.excluded, only])


def _names(rule: PolicyRule, address: Address) -> bool:
    family, value = address
    return holds(blocks_of(rule.peers).get(family, ()), value)


def _address(text: str) -> Address:
    value = ip_address(text)
    return Family(value.version), int(value)
