"""Granted minus used: what of each grant was used, what never was, and what nobody can tell."""

from collections.abc import Iterator
from enum import StrEnum

from msgspec import Struct

from assessor.analysis.rbac.directory import CLUSTER, Directory
from assessor.analysis.rbac.effect import effective_rule
from assessor.analysis.rbac.usage.cells import cells_of, grants, is_wild
from assessor.analysis.rbac.usage.coverage import Coverage
from assessor.analysis.rbac.usage.ledger import Ledger, Used
from assessor.analysis.rbac.usage.made import Made
from assessor.analysis.rbac.usage.proof import Proof
from assessor.analysis.rbac.usage.subjects import judged_bindings
from assessor.inventory.rbac import PolicyRule, Role, RoleBinding, Subject


class Verdict(StrEnum):
    """What a rule was used for."""

    USED = "Used"
    PARTLY = "PartlyUsed"
    UNUSED = "Unused"
    UNPROVEN = "Unproven"
    """Something was not seen, and it cannot be told whether it would have been logged."""


class RuleUsage(Struct, frozen=True):
    """One rule for one subject, cell by cell: a cell is one verb on one resource, or on one URL.

    ``used`` is what the rule was used for. ``unused`` are the cells that were not used, or where
    they hold a wildcard not all of them. ``unproven``: of those, and of parts of them, that cannot
    be told. ``confined`` is what of a grant for the whole cluster was used in few namespaces, and
    surely in no other.
    """

    rule: PolicyRule
    used: tuple[Used, ...] = ()
    unused: tuple[PolicyRule, ...] = ()
    unproven: tuple[PolicyRule, ...] = ()
    confined: tuple[Used, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """The whole rule's."""
        if self.unused:
            everything = not self.used and not self.unproven
            return Verdict.UNUSED if everything else Verdict.PARTLY
        return Verdict.UNPROVEN if self.unproven else Verdict.USED


class GrantUsage(Struct, frozen=True):
    """One binding to one subject. ``doubt``: why there is no verdict on it, empty where there is.

    ``rules`` are without what the binding cannot grant.
    """

    binding: RoleBinding
    role: Role
    rules: tuple[RuleUsage, ...] = ()
    doubt: str = ""

    @property
    def excessive(self) -> bool:
        """Whether it grants more than was used, for sure."""
        return any(each.unused or each.confined for each in self.rules)

    @property
    def undecided(self) -> bool:
        """Whether something of it could not be judged."""
        return bool(self.doubt) or any(each.unproven for each in self.rules)


class SubjectUsage(Struct, frozen=True):
    """Everything that bindings give to one subject; ``uses`` is how many the log holds."""

    subject: Subject
    uses: int
    grants: tuple[GrantUsage, ...]


class Log(Struct, frozen=True):
    """What a log tells: its uses, what it would tell, and its first time (RFC 3339)."""

    ledger: Ledger
    coverage: Coverage
    first: str


def usage(directory: Directory, log: Log) -> tuple[SubjectUsage, ...]:
    """The usage of each subject that a binding names, sorted; Kubernetes' own left out."""
    found = []
    made = Made(directory, log.ledger, log.coverage)
    for subject, bindings in judged_bindings(directory).items():
        proof = Proof(subject, log.ledger, log.coverage, made)
        judged = tuple(
            _grant(proof, binding, role, log)
            for binding in bindings
            if (role := directory.role_of(binding)) and any(_granted(role, binding))
        )
        if judged:
            found.append(SubjectUsage(subject, log.ledger.uses(subject), judged))
    return tuple(sorted(found, key=lambda each: str(each.subject)))


def _granted(role: Role, binding: RoleBinding) -> Iterator[tuple[PolicyRule, list[PolicyRule]]]:
    """The rules of a role with those of their cells that a binding of it grants."""
    for rule in role.rules:
        cells = [
            cell
            for cell in cells_of(rule)
            if effective_rule(cell, binding.meta.namespace) is not None
        ]
        if cells:
            yield rule, cells


def _grant(proof: Proof, binding: RoleBinding, role: Role, log: Log) -> GrantUsage:
    doubt = _doubt(proof.subject, binding, role, log)
    if doubt:
        return GrantUsage(binding, role, doubt=doubt)
    rules = (_rule(proof, binding, rule, cells) for rule, cells in _granted(role, binding))
    return GrantUsage(binding, role, tuple(rules))


def _doubt(subject: Subject, binding: RoleBinding, role: Role, log: Log) -> str:
    """Why there can be no verdict on a grant: its age, or that the subject may not be logged."""
    for each in (binding, role):
        if not each.written:
            return f"{each.ref} does not tell when it was written"
        if each.written >= log.first:
            return f"{each.ref} was written at {each.written}, after the log begins"
    if not log.ledger.uses(subject):
        return "the log holds no request of this subject: nothing proves that they are logged"
    return ""


# ── one rule ──────────────────────────────────────────────────────────────────────────────────


def _rule(
    proof: Proof, binding: RoleBinding, rule: PolicyRule, cells: list[PolicyRule]
) -> RuleUsage:
    seen = proof.ledger.uses_of(proof.subject, binding, rule)
    used = seen.used()
    left = [cell for cell in cells if not _is_used(cell, used)]
    if not seen.is_complete:
        return RuleUsage(rule, used, unproven=tuple(left))
    parts = {cell: proof.unproven(cell, binding.meta.namespace) for cell in left}
    unproven = tuple(dict.fromkeys(part for each in parts.values() for part in each))
    return RuleUsage(
        rule,
        used,
        tuple(cell for cell in left if cell not in parts[cell]),
        unproven,
        tuple(
            each
            for each in used
            if not binding.meta.namespace
            and len(each.namespaces) <= proof.ledger.limits.namespaces
            and CLUSTER not in each.namespaces
            and not any(grants(cell, each.cell) for cell in unproven)
            and not proof.unproven(each.cell, CLUSTER)
        ),
    )


def _is_used(cell: PolicyRule, used: tuple[Used, ...]) -> bool:
    """Whether all of a cell was: of one that is not wild, whatever was used of it."""
    return any(
        grants(each.cell, cell) or (not is_wild(cell) and grants(cell, each.cell)) for each in used
    )
