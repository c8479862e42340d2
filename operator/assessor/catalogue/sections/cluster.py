"""Cluster configuration: components, policy engines, versions, runtimes."""

from assessor.catalogue.controls import Control, Section
from assessor.catalogue.sections.scopes import N_C, C, N
from assessor.kernel.severity import Severity

CLUSTER = (
    Control(
        "CLUSTER-01",
        "Mutual TLS between components",
        Section.CLUSTER,
        N_C,
        Severity.HIGH,
        "Components that do not prove to each other who they are can be impersonated from the "
        "network.",
    ),
    Control(
        "CLUSTER-02",
        "Service mesh",
        Section.CLUSTER,
        N,
        Severity.LOW,
        "A mesh encrypts traffic between workloads and gives each a verifiable identity, "
        "without changes to the applications.",
    ),
    Control(
        "CLUSTER-03",
        "Policy engine that enforces",
        Section.CLUSTER,
        N_C,
        Severity.HIGH,
        "Rules that are checked at admission hold for everyone at any time. A policy that "
        "only audits, or that fails open, prevents nothing.",
    ),
    Control(
        "CLUSTER-04",
        "CIS Benchmark",
        Section.CLUSTER,
        C,
        Severity.HIGH,
        "The benchmark names the settings of control plane and nodes that attackers look for "
        "first.",
    ),
    Control(
        "CLUSTER-05",
        "Supported versions",
        Section.CLUSTER,
        C,
        Severity.HIGH,
        "Versions out of support get no security fixes, and their weaknesses are public.",
    ),
    Control(
        "CLUSTER-06",
        "High-isolation runtimes for sensitive workloads",
        Section.CLUSTER,
        N,
        Severity.MEDIUM,
        "Ordinary containers share the node's kernel. A sandbox or a small virtual machine "
        "keeps a kernel exploit inside.",
    ),
    Control(
        "CLUSTER-07",
        "Regular configuration audits",
        Section.CLUSTER,
        C,
        Severity.MEDIUM,
        "A configuration that was right once drifts. Repeated audits find the drift before "
        "somebody else does.",
    ),
)
