"""Whether a subject may have made the requests in whose course a hidden right is asked for."""

from collections import defaultdict
from collections.abc import Iterator

import msgspec

from assessor.analysis.rbac.directory import CLUSTER, Directory, Key, key_of, keys_of
from assessor.analysis.rbac.effect import effective_rule
from assessor.analysis.rbac.requests import identity_of
from assessor.analysis.rbac.usage.cells import cells_of, common
from assessor.analysis.rbac.usage.coverage import Coverage
from assessor.analysis.rbac.usage.hidden import Hidden
from assessor.analysis.rbac.usage.ledger import Ledger
from assessor.inventory.rbac import PolicyRule, Role, Subject

Part = tuple[PolicyRule, str]
"""A right to make some of the requests, and the namespace in which it is granted."""


class Made:
    """Tells it of a row of the table: the requests were seen, or could be made and not be logged.

    Only of a service account all groups are known, and so what it could do; of other users and of
    a group's members nobody knows what else they are granted.
    """

    def __init__(self, directory: Directory, ledger: Ledger, coverage: Coverage) -> None:
        """What is granted, what was seen, and what would have been."""
        self._directory, self._ledger, self._coverage = directory, ledger, coverage
        self._makers: dict[Hidden, dict[Key, list[Part]]] = {}

    def may_have_made(self, subject: Subject, row: Hidden) -> bool:
        """Whether the subject may have made one of the requests that ``row`` is asked in."""
        if self._ledger.may_have_asked(subject, row):
            return True
        covers = self._coverage.covers
        if all(covers(subject, each, CLUSTER) for each in row.asking):
            return False
        if subject.kind != "ServiceAccount":
            return True
        return not all(covers(subject, *part) for part in self._parts(subject, row))

    def _parts(self, subject: Subject, row: Hidden) -> Iterator[Part]:
        if row not in self._makers:
            self._makers[row] = _makers(self._directory, row)
        for key in keys_of(identity_of(subject)):
            yield from self._makers[row].get(key, ())


def _makers(directory: Directory, row: Hidden) -> dict[Key, list[Part]]:
    """Who is granted any of the requests; looked up once for each role."""
    by_role: dict[tuple[str, str], tuple[PolicyRule, ...]] = {}
    found: dict[Key, list[Part]] = defaultdict(list)
    for binding in directory.bindings:
        if role := directory.role_of(binding):
            place, namespace = (role.meta.namespace, role.meta.name), binding.meta.namespace
            if place not in by_role:
                by_role[place] = tuple(_requests_of(role, row))
            parts = [
                (part, namespace) for part in by_role[place] if effective_rule(part, namespace)
            ]
            for key in {key for each in binding.subjects if (key := key_of(each))}:
                found[key].extend(parts)
    return found


def _requests_of(role: Role, row: Hidden) -> Iterator[PolicyRule]:
    """The cells of a role that allow any of the requests; names are left out, as if for all."""
    for rule in role.rules:
        for cell in cells_of(msgspec.structs.replace(rule, resource_names=())):
            yield from (part for each in row.asking if (part := common(cell, each)))
