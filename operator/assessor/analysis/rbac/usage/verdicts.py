"""Granted minus used: what of each grant was used, what never was, and what nobody can tell."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Protocol

from msgspec import Struct

from assessor.analysis.rbac.baseline import is_baseline
from assessor.analysis.rbac.directory import Directory, Key, key_of
from assessor.analysis.rbac.matching import allows
from assessor.analysis.rbac.usage.cells import cells_of, is_wild
from assessor.analysis.rbac.usage.ledger import Ledger, Shape, request_of
from assessor.inventory.rbac import BoundRole, PolicyRule, Role, RoleBinding, Subject

SYSTEM = "system:"
"""Users and groups that Kubernetes itself names; what they need is not the cluster's to cut."""


class Verdict(StrEnum):
    """What a rule was used for."""

    USED = "Used"
    PARTLY = "PartlyUsed"
    UNUSED = "Unused"
    UNPROVEN = "Unproven"
    """Something was not seen, and it cannot be told whether it would have been logged."""


class Coverage(Protocol):
    """Whether a subject's requests of a kind would be in the log if there had been any."""

    def covers(self, subject: Subject, cell: PolicyRule, namespace: str) -> bool:
        """Of all requests that ``cell`` allows in ``namespace``, ``""`` for anywhere."""


class RuleUsage(Struct, frozen=True):
    """One rule for one subject, cell by cell: a cell is one verb on one resource, or on one URL.

    ``unused`` are the cells that were not used, or where they hold a wildcard not all of them;
    ``unproven`` those of which that cannot be told. ``shapes`` are what the rule was used for.
    """

    rule: PolicyRule
    shapes: tuple[Shape, ...] = ()
    unused: tuple[PolicyRule, ...] = ()
    unproven: tuple[PolicyRule, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """The whole rule's."""
        if self.unused:
            everything = not self.shapes and not self.unproven
            return Verdict.UNUSED if everything else Verdict.PARTLY
        return Verdict.UNPROVEN if self.unproven else Verdict.USED


class GrantUsage(Struct, frozen=True):
    """One binding to one subject. ``doubt``: why there is no verdict on it, empty where there is.

    ``only_in``: the one namespace in which a grant for the whole cluster was used.
    """

    binding: RoleBinding
    role: Role
    rules: tuple[RuleUsage, ...] = ()
    doubt: str = ""
    only_in: str = ""

    @property
    def excessive(self) -> bool:
        """Whether it grants more than was used, for sure."""
        return bool(self.only_in) or any(each.unused for each in self.rules)

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
    """What a log tells: its uses, what it would tell, and its first and last time (RFC 3339)."""

    ledger: Ledger
    coverage: Coverage
    first: str
    last: str


def usage(directory: Directory, log: Log) -> tuple[SubjectUsage, ...]:
    """The usage of each subject that a binding names, sorted; Kubernetes' own left out."""
    found = []
    for subject, bindings in _subjects(directory).items():
        grants = tuple(
            _grant(subject, binding, role, log)
            for binding in bindings
            if (role := directory.role_of(binding)) and role.rules
        )
        if grants:
            found.append(SubjectUsage(subject, log.ledger.uses(subject), grants))
    return tuple(sorted(found, key=lambda each: str(each.subject)))


def _subjects(directory: Directory) -> dict[Subject, list[RoleBinding]]:
    """Each subject with the bindings that name it, whatever its spelling there."""
    first: dict[Key, Subject] = {}
    found: dict[Subject, list[RoleBinding]] = {}
    for binding in directory.bindings:
        if is_baseline(BoundRole(binding, directory.role_of(binding))):
            continue
        for subject in binding.subjects:
            key = key_of(subject)
            if key and not (subject.kind != "ServiceAccount" and subject.name.startswith(SYSTEM)):
                bindings = found.setdefault(first.setdefault(key, subject), [])
                if binding not in bindings:
                    bindings.append(binding)
    return found


def _grant(subject: Subject, binding: RoleBinding, role: Role, log: Log) -> GrantUsage:
    doubt = _doubt(subject, binding, role, log)
    if doubt:
        return GrantUsage(binding, role, doubt=doubt)
    rules = tuple(_rule(subject, binding, rule, log) for rule in role.rules)
    only_in = "" if binding.meta.namespace else _only_namespace(rules)
    return GrantUsage(binding, role, rules, only_in=only_in)


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


def _only_namespace(rules: Iterable[RuleUsage]) -> str:
    """The one namespace of all shapes; empty where there are others, or none, or the cluster."""
    places = {shape.namespace for rule in rules for shape in rule.shapes}
    (place,) = places if len(places) == 1 else ("",)
    return place


# ── one rule ──────────────────────────────────────────────────────────────────────────────────


def _rule(subject: Subject, binding: RoleBinding, rule: PolicyRule, log: Log) -> RuleUsage:
    used = log.ledger.shapes(subject, binding, rule)
    requests = [request_of(shape) for shape in used]
    left = [
        cell
        for cell in cells_of(rule)
        if is_wild(cell) or not any(allows(cell, request) for request in requests)
    ]
    proven = {cell for cell in left if log.coverage.covers(subject, cell, binding.meta.namespace)}
    return RuleUsage(
        rule,
        tuple(sorted(used)),
        tuple(cell for cell in left if cell in proven),
        tuple(cell for cell in left if cell not in proven),
    )
