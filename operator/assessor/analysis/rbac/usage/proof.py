"""Whether a right that no event tells of was surely not used."""

from msgspec import Struct

from assessor.analysis.rbac.directory import CLUSTER
from assessor.analysis.rbac.usage.coverage import Coverage
from assessor.analysis.rbac.usage.hidden import (
    EVERYTHING,
    Hidden,
    hidden_in,
    impersonates,
    is_request,
    shown_by,
)
from assessor.analysis.rbac.usage.ledger import Ledger
from assessor.inventory.rbac import PolicyRule, Subject


class Proof(Struct, frozen=True):
    """What a log and its coverage prove of rights that were not seen to be used."""

    ledger: Ledger
    coverage: Coverage

    def unproven(
        self, subject: Subject, cell: PolicyRule, namespace: str
    ) -> tuple[PolicyRule, ...]:
        """The parts of a cell in ``namespace``, ``""`` for anywhere, that may have been used.

        Nothing where the whole was surely not; the cell itself where nothing is proven.
        """
        hidden = list(hidden_in(cell))
        is_known = any(part == cell for _, part in hidden)
        if not (is_known or self._is_logged(subject, cell, namespace)):
            return (cell,)
        return tuple(part for row, part in hidden if not self._is_excluded(subject, row, namespace))

    def _is_logged(self, subject: Subject, cell: PolicyRule, namespace: str) -> bool:
        """Whether an event would tell of each use of a cell."""
        acting = impersonates(cell)
        if not (acting or is_request(cell)):
            return False
        covers = self.coverage.covers
        return all(covers(subject, each, namespace) for each in shown_by(cell)) and (
            not acting or all(covers(subject, each, CLUSTER) for each in EVERYTHING)
        )

    def _is_excluded(self, subject: Subject, row: Hidden, namespace: str) -> bool:
        """Whether nothing was done in whose course a hidden right is used, as far as is proven."""
        if not row.asking or self.ledger.may_have_asked(subject, row):
            return False
        return all(self.coverage.covers(subject, each, namespace) for each in row.asking)
