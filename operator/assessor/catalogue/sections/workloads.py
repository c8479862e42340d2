"""Workloads: what a container may do to its node and its neighbours."""

from assessor.catalogue.controls import Control, Section
from assessor.catalogue.sections.scopes import N_B, N
from assessor.kernel.severity import Severity

WORKLOADS = (
    Control(
        "WORKLOAD-01",
        "Not as root, runAsUser set",
        Section.WORKLOADS,
        N_B,
        Severity.HIGH,
        "Root in a container is root on the node for every flaw that lets it out.",
    ),
    Control(
        "WORKLOAD-02",
        "No privilege escalation",
        Section.WORKLOADS,
        N_B,
        Severity.HIGH,
        "With allowPrivilegeEscalation false no set-uid program or file capability gives a "
        "process more than it started with.",
    ),
    Control(
        "WORKLOAD-03",
        "Not privileged",
        Section.WORKLOADS,
        N_B,
        Severity.CRITICAL,
        "A privileged container has every capability and every device of its node: it is the node.",
    ),
    Control(
        "WORKLOAD-04",
        "Read-only root filesystem",
        Section.WORKLOADS,
        N_B,
        Severity.MEDIUM,
        "What cannot be written cannot be replaced: tools are not dropped and programs are "
        "not changed.",
    ),
    Control(
        "WORKLOAD-05",
        "No hostPID, no hostIPC",
        Section.WORKLOADS,
        N_B,
        Severity.CRITICAL,
        "Sharing the node's processes or shared memory lets a container see, signal and read "
        "those of others.",
    ),
    Control(
        "WORKLOAD-06",
        "No hostNetwork, no hostPort",
        Section.WORKLOADS,
        N_B,
        Severity.HIGH,
        "On the node's own network a pod escapes NetworkPolicies and reaches services that "
        "trust local callers.",
    ),
    Control(
        "WORKLOAD-07",
        "No unsafe sysctls",
        Section.WORKLOADS,
        N_B,
        Severity.HIGH,
        "Unsafe kernel parameters reach beyond the pod and can starve or break others on the node.",
    ),
    Control(
        "WORKLOAD-08",
        "No hostPath",
        Section.WORKLOADS,
        N_B,
        Severity.HIGH,
        "A path of the node gives its files, credentials and, with a runtime socket, the "
        "whole node.",
    ),
    Control(
        "WORKLOAD-09",
        "CPU and memory limits",
        Section.WORKLOADS,
        N_B,
        Severity.MEDIUM,
        "A container without limits can take what its neighbours need, by fault or on purpose.",
    ),
    Control(
        "WORKLOAD-10",
        "Minimal capabilities",
        Section.WORKLOADS,
        N_B,
        Severity.HIGH,
        "Capabilities are slices of root. Drop all of them and add back only what the "
        "application proves to need.",
    ),
    Control(
        "WORKLOAD-11",
        "Seccomp, AppArmor or SELinux profile",
        Section.WORKLOADS,
        N_B,
        Severity.MEDIUM,
        "A profile takes away system calls and files that the application never uses and "
        "exploits often do.",
    ),
    Control(
        "WORKLOAD-12",
        "Regular workload audits",
        Section.WORKLOADS,
        N,
        Severity.LOW,
        "Workloads change with each release. A fresh audit tells whether yesterday's verdict "
        "still holds.",
    ),
)
