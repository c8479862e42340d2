"""`assessor`, with one more check: one that raises wherever a policy is called `raise`.

Run as a program by test_checks.py.
"""

import sys
from collections.abc import Iterator
from types import ModuleType

from assessor.catalogue.checks import Check, Problem, Subjects, check
from assessor.checks import loading
from assessor.cli.main import main
from assessor.inventory.kinds import Evidence
from assessor.inventory.network import NetworkPolicy
from assessor.inventory.snapshot import Snapshot
from assessor.kernel.severity import Severity


@check(
    "has-a-bug",
    control="NET-01",
    severity=Severity.LOW,
    over=Subjects.NETWORK_POLICIES,
    needs=(Evidence.NETWORK_POLICIES,),
    remediation="None.",
)
def has_a_bug(policy: NetworkPolicy, _: Snapshot) -> Iterator[Problem]:
    """A policy named `raise` is too much for it."""
    if policy.meta.name == "raise":
        raise ZeroDivisionError("private details of the object: " + "x" * 10_000)
    yield from ()


found = loading._checks


def _with_the_bug(package: ModuleType) -> Iterator[Check]:
    yield from found(package)
    yield has_a_bug


loading._checks = _with_the_bug

sys.exit(main())
