"""Audit and logging: what is recorded, and who watches."""

from assessor.catalogue.controls import Control, Section
from assessor.catalogue.sections.scopes import C
from assessor.kernel.severity import Severity

AUDIT = (
    Control(
        "AUDIT-01",
        "Audit logging",
        Section.AUDIT,
        C,
        Severity.HIGH,
        "Without an audit log there is no way to tell who did what, neither during an "
        "incident nor after it.",
    ),
    Control(
        "AUDIT-02",
        "Changes of access rights are logged",
        Section.AUDIT,
        C,
        Severity.HIGH,
        "New rights are how an intruder stays. Each change of a role or binding must leave a "
        "trace.",
    ),
    Control(
        "AUDIT-03",
        "Operations on secrets are logged",
        Section.AUDIT,
        C,
        Severity.HIGH,
        "Who read a secret decides what must be rotated after a break-in. The log must hold "
        "the access and never the content.",
    ),
    Control(
        "AUDIT-04",
        "Audit log outside the cluster",
        Section.AUDIT,
        C,
        Severity.MEDIUM,
        "Whoever takes the cluster can delete what is stored in it. A log kept elsewhere survives.",
    ),
    Control(
        "AUDIT-05",
        "Observability",
        Section.AUDIT,
        C,
        Severity.LOW,
        "What normal looks like must be known before anything can look wrong.",
    ),
    Control(
        "AUDIT-06",
        "Security monitoring on every node",
        Section.AUDIT,
        C,
        Severity.HIGH,
        "Attacks at run time show in system calls and processes. A node without a sensor is "
        "where they go unseen.",
    ),
)
