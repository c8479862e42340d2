"""Whether what is not in a log would have been."""

from typing import Protocol

from assessor.inventory.rbac import PolicyRule, Subject


class Coverage(Protocol):
    """Whether a subject's requests of a kind would be in the log if there had been any."""

    def covers(self, subject: Subject, cell: PolicyRule, namespace: str) -> bool:
        """Of all requests that ``cell`` allows in ``namespace``, ``""`` for anywhere."""


class NothingCovered:
    """Of a log whose audit policy is not known, or of which something was lost.

    That some requests of a subject are logged proves nothing of others: policies leave out single
    users, verbs and resources in any combination.
    """

    def covers(self, subject: Subject, cell: PolicyRule, namespace: str) -> bool:
        """No: any request may be missing."""
        del subject, cell, namespace
        return False
