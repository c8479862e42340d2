"""Whether a right that no event tells of was surely not used."""

from functools import partial

from msgspec import Struct

from assessor.analysis.rbac.directory import CLUSTER
from assessor.analysis.rbac.usage.coverage import Coverage
from assessor.analysis.rbac.usage.hidden import (
    EVERYTHING,
    GIVING,
    Hidden,
    hidden_in,
    impersonates,
    is_request,
    shown_by,
)
from assessor.analysis.rbac.usage.ledger import Ledger
from assessor.analysis.rbac.usage.made import Made
from assessor.inventory.rbac import PolicyRule, Subject


class Proof(Struct, frozen=True):
    """What a log and its coverage prove of a subject's rights that were not seen to be used.

    ``made`` tells what requests the subject may have made.
    """

    subject: Subject
    ledger: Ledger
    coverage: Coverage
    made: Made

    def unproven(self, cell: PolicyRule, namespace: str) -> tuple[PolicyRule, ...]:
        """The parts of a cell in ``namespace``, ``""`` for anywhere, that may have been used.

        Nothing where the whole was surely not; the cell itself where nothing is proven.
        """
        if self.made.may_have_made(self.subject, GIVING):
            return (cell,)
        hidden = list(hidden_in(cell))
        is_known = any(part == cell and not row.is_requested for row, part in hidden)
        if not (is_known or self._is_logged(cell, namespace)):
            return (cell,)
        return tuple(part for row, part in hidden if not self._is_excluded(row, namespace))

    def _is_logged(self, cell: PolicyRule, namespace: str) -> bool:
        """Whether an event would tell of each use of a cell."""
        acting = impersonates(cell)
        if not (acting or is_request(cell)):
            return False
        covers = partial(self.coverage.covers, self.subject)
        return all(covers(each, namespace) for each in shown_by(cell)) and (
            not acting or all(covers(each, CLUSTER) for each in EVERYTHING)
        )

    def _is_excluded(self, row: Hidden, namespace: str) -> bool:
        """Whether nothing was done in whose course a hidden right is used, as far as is proven."""
        if row.is_requested:
            return not self.made.may_have_made(self.subject, row)
        if not row.asking or self.ledger.may_have_asked(self.subject, row):
            return False
        return all(self.coverage.covers(self.subject, each, namespace) for each in row.asking)
