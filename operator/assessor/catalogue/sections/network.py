"""Network: who can reach whom."""

from assessor.catalogue.controls import Control, Section
from assessor.catalogue.sections.scopes import N_C, N
from assessor.kernel.severity import Severity

NETWORK = (
    Control(
        "NET-01",
        "NetworkPolicy with least privilege",
        Section.NETWORK,
        N,
        Severity.CRITICAL,
        "Without policies every pod can reach every other one in the cluster. Isolation by "
        "default and edges allowed by name keep an intruder where they got in.",
    ),
    Control(
        "NET-02",
        "Authentication and authorization between services",
        Section.NETWORK,
        N,
        Severity.MEDIUM,
        "An address says little about who is calling. Services should know their callers and "
        "what each of them may ask for.",
    ),
    Control(
        "NET-03",
        "Interfaces are not on the Internet",
        Section.NETWORK,
        N_C,
        Severity.CRITICAL,
        "Component ports and administration tools on the Internet are open to everyone who "
        "scans it, and to each weakness that becomes known.",
    ),
)
