"""Risks that take several bindings of one subject: what its rights amount to together."""

from collections.abc import Iterable, Iterator
from functools import lru_cache, reduce
from operator import or_

from msgspec import Struct

from assessor.analysis.rbac.atoms import NOTHING, Powers
from assessor.analysis.rbac.grants import distinguished
from assessor.analysis.rbac.halves import applied
from assessor.analysis.rbac.risk_table import IMPERSONATION, RISKS
from assessor.analysis.rbac.risks import Hit, Risk, hit
from assessor.inventory.rbac import PolicyRule
from assessor.kernel.severity import Severity

COMBINED = tuple(risk for risk in (*RISKS, *IMPERSONATION) if risk.combined)

RELEVANT = reduce(or_, (need for risk in COMBINED for tier in risk.tiers for need in tier.needs))
"""The atoms that a combination is made of."""

SEVERAL = 2
REMEMBERED = 1024


class Part(Struct, frozen=True):
    """What one binding adds to a combination, ``cluster`` where it gives that everywhere.

    ``powers`` are of the atoms that are ``RELEVANT`` and effective where it is granted.
    ``own``: it is the namespace's to answer for. ``rules`` are those of which several bindings may
    make a creation by name together; where there are any, ``powers`` are of all atoms.
    """

    powers: Powers
    cluster: bool
    own: bool = True
    rules: tuple[PolicyRule, ...] = ()


class Joint(Struct, frozen=True):
    """A risk of the union; ``cluster``: it takes bindings of the cluster alone.

    ``applied`` are the rights that no part has, as it takes the rules of several.
    """

    hit: Hit
    cluster: bool
    applied: int = 0


def joint(parts: Iterable[Part], namespace: str) -> tuple[Joint, ...]:
    """The risks of all parts together that none of them is alone, nor the others' without own.

    The namespace's own parts must add to it: what a person holds by the cluster's bindings alone
    is no namespace's finding (api.md, "Whose finding is it").
    """
    several = tuple(parts)
    if len(several) < SEVERAL or not any(part.own for part in several):
        return ()
    if not _possible(_united(several).any) and not any(part.rules for part in several):
        return ()
    found = frozenset(several)
    if any(part.rules for part in several):
        # Not remembered: what is, outlives its roles, and these are as large as somebody likes.
        return _found(found, distinguished(namespace))
    return _joint(found, distinguished(namespace))


@lru_cache(maxsize=REMEMBERED)
def _possible(mask: int) -> tuple[Risk, ...]:
    """The risks that some of these rights may make: mostly none, and this tells it fast."""
    return tuple(
        risk
        for risk in COMBINED
        if any(tier.combined and all(mask & need for need in tier.needs) for tier in risk.tiers)
    )


@lru_cache(maxsize=REMEMBERED)
def _joint(parts: frozenset[Part], namespace: str) -> tuple[Joint, ...]:
    return _found(parts, namespace)


def _found(parts: frozenset[Part], namespace: str) -> tuple[Joint, ...]:
    everything = united(parts)
    gained = _gained(everything, parts)
    possible = _possible(everything.any)
    if gained:
        possible = tuple(dict.fromkeys((*possible, *_made_of(gained))))
    found = (_worst(risk, parts, namespace) for risk in possible)
    return tuple(each for each in found if each)


def _gained(union: Powers, parts: Iterable[Part]) -> int:
    """What parts grant only together, or only together on all objects."""
    apart = _united(parts)
    return union.any & ~apart.any | union.held & ~apart.held


def _made_of(mask: int) -> Iterator[Risk]:
    """The risks that some of these rights have a part in."""
    for risk in (*RISKS, *IMPERSONATION):
        if any(mask & need for tier in risk.tiers for need in tier.needs):
            yield risk


def _worst(risk: Risk, parts: frozenset[Part], namespace: str) -> Joint | None:
    """The worst that the union makes of a risk, everywhere or here."""
    clusters = frozenset(part for part in parts if part.cluster)
    everywhere, anywhere = united(clusters), united(parts)
    widely = hit(risk, everywhere, cluster=True)
    here = hit(risk, anywhere, cluster=False, namespace=namespace)
    worst = max(filter(None, (widely, here)), key=_severity, default=None)
    if worst is None or worst.severity <= _known(risk, parts, namespace):
        return None
    if worst is widely:
        return Joint(worst, cluster=True, applied=worst.mask & _gained(everywhere, clusters))
    return Joint(worst, cluster=False, applied=worst.mask & _gained(anywhere, parts))


def _known(risk: Risk, parts: frozenset[Part], namespace: str) -> Severity:
    """How bad it is by one part alone, or by those that are not the namespace's own."""
    foreign = Part(united(part for part in parts if not part.own), cluster=True, own=False)
    alone = (
        hit(risk, part.powers, cluster=part.cluster, namespace=namespace)
        for part in (*parts, foreign)
    )
    return max((each.severity for each in alone if each), default=Severity.INFO)


def _severity(found: Hit) -> Severity:
    return found.severity


def united(parts: Iterable[Part]) -> Powers:
    """What all parts grant together, by their rules, too."""
    several = tuple(parts)
    powers = _united(several)
    rules = tuple(rule for part in several for rule in part.rules)
    if not rules:
        return powers
    return powers | applied(rules, cluster=all(part.cluster for part in several))


def _united(parts: Iterable[Part]) -> Powers:
    joint_powers = NOTHING
    for part in parts:
        joint_powers |= part.powers
    return joint_powers
