"""Secure operating system: access, baselines and updates of the nodes."""

from assessor.catalogue.controls import Control, Section
from assessor.catalogue.sections.scopes import C
from assessor.kernel.severity import Severity

NODES = (
    Control(
        "NODE-01",
        "Privileged access management for hosts",
        Section.NODES,
        C,
        Severity.MEDIUM,
        "Whoever is root on a node owns its pods and their credentials. Such access must be "
        "brokered, short and recorded.",
    ),
    Control(
        "NODE-02",
        "Baselines for the operating system",
        Section.NODES,
        C,
        Severity.HIGH,
        "Hardened settings for host and software take away what an attacker would use after "
        "leaving a container.",
    ),
    Control(
        "NODE-03",
        "Weakness checks of the hosts",
        Section.NODES,
        C,
        Severity.MEDIUM,
        "Scans of packages and settings find what a baseline did not foresee.",
    ),
    Control(
        "NODE-04",
        "Kernel updates",
        Section.NODES,
        C,
        Severity.HIGH,
        "All containers of a node trust one kernel. A known hole in it breaks every isolation "
        "above.",
    ),
)
