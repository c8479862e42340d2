"""NET-01: rules that allow nothing that another rule does not allow."""

from collections.abc import Iterator
from typing import NamedTuple

from assessor.analysis.memo import once_per_snapshot
from assessor.analysis.netpol.containment import (
    PeerKey,
    covers_rule,
    covers_selector,
    key_of,
    wider_keys,
)
from assessor.analysis.policies import Direction, rules_in_force
from assessor.catalogue.checks import Problem, Subjects, check
from assessor.catalogue.patches import Change
from assessor.catalogue.wording import clip
from assessor.checks.network.evidence import POLICIES
from assessor.checks.network.wording import path, rule_key
from assessor.inventory.network import LabelSelector, NetworkPolicy, PolicyRule
from assessor.inventory.snapshot import Snapshot
from assessor.kernel.severity import Severity


class Placed(NamedTuple):
    """A rule, and the policy and the number by which it is found."""

    place: tuple[str, int]
    rule: PolicyRule


EVERYBODY = "everybody"
"""The key of rules without peers."""

Rules = dict[PeerKey | str, list[Placed]]


@check(
    "shadowed-rule",
    control="NET-01",
    severity=Severity.LOW,
    over=Subjects.NETWORK_POLICIES,
    needs=POLICIES,
    remediation="""\
Delete the rule, or the wider one beside it: allowances add up, so the narrower one restricts
nothing.""",
)
def shadowed_rule(policy: NetworkPolicy, snapshot: Snapshot) -> Iterator[Problem]:
    """Another rule, for at least the same pods, allows all that a rule allows.

    Who reads the narrow one believes that it restricts something. What is compared are selectors,
    blocks and ports as they are written, so that it holds for every pod to come: a selector that
    asks for less is wider. Of equal rules the later one is told.
    """
    for direction in Direction:
        for index, rule in enumerate(rules_in_force(policy, direction)):
            here = Placed((policy.meta.name, index), rule)
            wider = next(_wider(here, policy, snapshot, direction), None)
            if wider:
                name, number = wider.place
                yield Problem(
                    f"adds nothing to {clip(name)}, {path(direction, number)}",
                    at=path(direction, index),
                    patch=(Change(path(direction, index)),),
                    key=f"{direction}:{rule_key(rule)}",
                )


def _wider(
    here: Placed, policy: NetworkPolicy, snapshot: Snapshot, direction: Direction
) -> Iterator[Placed]:
    for selector, rules in _by_selector(snapshot)[direction].items():
        if covers_selector(selector, policy.pod_selector):
            for there in _candidates(here.rule, rules):
                if there.place != here.place and _counts(there, here):
                    yield there


def _candidates(rule: PolicyRule, rules: Rules) -> Iterator[Placed]:
    """Rules for everybody, and those with a peer that may cover the first one of this rule."""
    yield from rules.get(EVERYBODY, ())
    for key in wider_keys(rule.peers[0]) if rule.peers else ():
        yield from rules.get(key, ())


def _counts(there: Placed, here: Placed) -> bool:
    """Whether it covers the rule; of two that cover each other the earlier one does."""
    if not covers_rule(there.rule, here.rule):
        return False
    return there.place < here.place or not covers_rule(here.rule, there.rule)


@once_per_snapshot
def _by_selector(snapshot: Snapshot) -> dict[Direction, dict[LabelSelector, Rules]]:
    """The rules in force, by whom their policies select, and by what their peers ask for."""
    found: dict[Direction, dict[LabelSelector, Rules]] = {each: {} for each in Direction}
    for policy in snapshot.network_policies:
        for direction in Direction:
            for index, rule in enumerate(rules_in_force(policy, direction)):
                placed = Placed((policy.meta.name, index), rule)
                rules = found[direction].setdefault(policy.pod_selector, {})
                keys: set[PeerKey | str] = {key_of(peer) for peer in rule.peers}
                for key in keys or {EVERYBODY}:
                    rules.setdefault(key, []).append(placed)
    return found
