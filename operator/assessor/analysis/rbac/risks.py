"""Risks: combinations of rights that are worth a finding, and how bad they are where granted."""

from collections.abc import Iterable

from msgspec import Struct

from assessor.analysis.rbac.atom_table import INDEX
from assessor.analysis.rbac.atoms import Powers
from assessor.kernel.severity import Severity

LIMITED = ", limited to objects that are named"


class Tier(Struct, frozen=True):
    """One way to have a risk: any right of each mask in ``needs``.

    ``may`` completes "who may …". The severities are those of a grant in one namespace and of one
    in all of them; None where such a grant is none, or is another risk's to tell. ``named`` is the
    severity where some of the rights are limited to ``resourceNames``; None: one step less;
    ``may_named`` is then said instead, empty: the same, and that it is limited.
    ``unlimited``: that is no limit.
    ``only_in``: a RoleBinding has the risk in that namespace alone.
    """

    may: str
    needs: tuple[int, ...]
    namespace: Severity | None
    cluster: Severity | None
    named: Severity | None = None
    only_in: str = ""
    may_named: str = ""
    unlimited: bool = False

    @property
    def combined(self) -> bool:
        """Whether it takes several rights, which several bindings may grant together."""
        return len(self.needs) > 1

    def severity(self, *, cluster: bool, namespace: str) -> Severity | None:
        """How bad the grant is in that scope; None for not at all."""
        if cluster:
            return self.cluster
        return None if self.only_in not in ("", namespace) else self.namespace


class Risk(Struct, frozen=True):
    """A risk of rbac.md's catalogue; the worst of its tiers comes first."""

    id: str
    tiers: tuple[Tier, ...]
    why: str
    remediation: str

    @property
    def combined(self) -> bool:
        """Whether it is also looked for in the union of a subject's rights."""
        return any(tier.combined for tier in self.tiers)


class Hit(Struct, frozen=True):
    """A risk that is there: ``mask`` are the rights that make it."""

    risk: str
    severity: Severity
    may: str
    mask: int


def tier(
    may: str,
    namespace: Severity | None,
    cluster: Severity | None,
    *needs: Iterable[str],
    named: Severity | None = None,
    only_in: str = "",
    may_named: str = "",
    unlimited: bool = False,
) -> Tier:
    """A tier by the ids of its atoms; each of ``needs`` lists alternatives."""
    masks = tuple(INDEX.mask(*alternatives) for alternatives in needs)
    return Tier(may, masks, namespace, cluster, named, only_in, may_named, unlimited)


def hit(risk: Risk, powers: Powers, *, cluster: bool, namespace: str = "") -> Hit | None:
    """The worst that ``powers`` make of a risk, granted in ``namespace`` or in all; None: nothing.

    The rights of ``powers`` must be effective in that scope.
    """
    found: Hit | None = None
    for each in risk.tiers:
        one = _hit(risk, each, powers, cluster=cluster, namespace=namespace)
        if one and (found is None or one.severity > found.severity):
            found = one
    return found


def _hit(risk: Risk, each: Tier, powers: Powers, *, cluster: bool, namespace: str) -> Hit | None:
    severity = each.severity(cluster=cluster, namespace=namespace)
    everything = powers.any
    if severity is None or not all(everything & need for need in each.needs):
        return None
    mask, may = everything & _union(each.needs), each.may
    if not each.unlimited and not all(powers.held & need for need in each.needs):
        severity = one_step_less(severity) if each.named is None else each.named
        may = each.may_named or f"{may}{LIMITED}"
    return Hit(risk.id, severity, may, mask)


def one_step_less(severity: Severity) -> Severity:
    """The next lower severity that still fails a control."""
    return max(Severity.LOW, Severity(severity - 1))


def _union(masks: Iterable[int]) -> int:
    joint = 0
    for mask in masks:
        joint |= mask
    return joint
