"""Whether what is not in the log would have been, told from the log alone."""

from assessor.analysis.rbac.usage.cells import is_wild
from assessor.analysis.rbac.usage.ledger import Ledger
from assessor.inventory.rbac import PolicyRule, Subject


class ObservedCoverage:
    """Without the audit policy: only what was seen proves that it is logged.

    Audit policies leave out users, verbs (often all reads) and resources. So a right is called
    unused only where the log holds a request of the subject of that class, read or write, and one
    of anybody on that resource of that class. Of a wildcard nothing is proven: somebody may have
    left out any resource.
    """

    def __init__(self, ledger: Ledger) -> None:
        """What was seen stands in ``ledger``, and may still grow."""
        self._ledger = ledger

    def covers(self, subject: Subject, cell: PolicyRule, namespace: str) -> bool:
        """Whether requests like those of ``cell`` are known to be logged, in any namespace."""
        del namespace
        (verb,) = cell.verbs
        if is_wild(cell) or not self._ledger.has_class(subject, verb):
            return False
        if cell.non_resource_urls:
            return self._ledger.has_urls
        (group,), (resource,) = cell.api_groups, cell.resources
        return self._ledger.has_logged(verb, group, resource)
