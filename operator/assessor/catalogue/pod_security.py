"""The Pod Security Standards at Kubernetes 1.37, as the checks that together are each level.

A pod violates a level exactly where one of its checks finds something, a note included. Source:
the policy package of k8s.io/pod-security-admission; its check's name stands beside ours.
"""

from collections.abc import Mapping
from types import MappingProxyType

Selection = Mapping[str, frozenset[str]]
"""Check ids by control."""


def _selection(**checks: set[str]) -> Selection:
    found = {control.replace("_", "-"): frozenset(ids) for control, ids in checks.items()}
    return MappingProxyType(found)


BASELINE: Selection = _selection(
    WORKLOAD_03={
        "privileged-container",  # privileged
        "windows-host-process",  # windowsHostProcess
        "unmasked-proc",  # procMount
    },
    WORKLOAD_05={"host-pid", "host-ipc"},  # hostNamespaces
    WORKLOAD_06={
        "host-network",  # hostNamespaces
        "host-port",  # hostPorts
        "probe-host",  # hostProbesAndHostLifecycle
    },
    WORKLOAD_07={"unsafe-sysctl"},  # sysctls
    WORKLOAD_08={"host-path", "runtime-socket"},  # hostPathVolumes
    WORKLOAD_10={"capability-beyond-default"},  # capabilities_baseline
    WORKLOAD_11={
        "seccomp-unconfined",  # seccompProfile_baseline
        "apparmor-unconfined",  # appArmorProfile
        "selinux-custom-options",  # seLinuxOptions
        "overridden-profile",  # the three above, where no container inherits the pod's value
    },
)
"""The level `baseline`."""

RESTRICTED: Selection = _selection(
    WORKLOAD_01={
        "root-allowed",  # runAsNonRoot
        "root-user",  # runAsUser
        "overridden-root",  # both, where no container inherits the pod's value
    },
    WORKLOAD_02={"privilege-escalation-allowed"},  # allowPrivilegeEscalation
    WORKLOAD_03={
        *BASELINE["WORKLOAD-03"],
        "unmasked-proc-in-user-namespace",  # procMount_restricted
    },
    WORKLOAD_05={*BASELINE["WORKLOAD-05"]},
    WORKLOAD_06={*BASELINE["WORKLOAD-06"]},
    WORKLOAD_07={*BASELINE["WORKLOAD-07"]},
    WORKLOAD_08={*BASELINE["WORKLOAD-08"], "restricted-volume-type"},  # restrictedVolumes
    WORKLOAD_10={
        *BASELINE["WORKLOAD-10"],
        "capabilities-kept",  # capabilities_restricted: drop
        "default-capability-added",  # capabilities_restricted: add
    },
    WORKLOAD_11={*BASELINE["WORKLOAD-11"], "no-seccomp-profile"},  # seccompProfile_restricted
)
"""The level `restricted`."""
