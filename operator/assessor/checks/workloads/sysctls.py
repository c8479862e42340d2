"""WORKLOAD-07: kernel parameters that reach beyond the pod."""

from collections.abc import Iterator

from assessor.analysis.sites import Site
from assessor.catalogue.checks import Problem, Subjects, check
from assessor.catalogue.patches import Change
from assessor.catalogue.pod_checks import each_pod
from assessor.catalogue.wording import name_some
from assessor.inventory.kinds import WORKLOAD_EVIDENCE
from assessor.kernel.severity import Severity

SAFE = frozenset(
    {
        "kernel.shm_rmid_forced",
        "net.ipv4.ip_local_port_range",
        "net.ipv4.ip_local_reserved_ports",
        "net.ipv4.ip_unprivileged_port_start",
        "net.ipv4.ping_group_range",
        "net.ipv4.tcp_fin_timeout",
        "net.ipv4.tcp_keepalive_intvl",
        "net.ipv4.tcp_keepalive_probes",
        "net.ipv4.tcp_keepalive_time",
        "net.ipv4.tcp_notsent_lowat",
        "net.ipv4.tcp_rmem",
        "net.ipv4.tcp_slow_start_after_idle",
        "net.ipv4.tcp_syncookies",
        "net.ipv4.tcp_wmem",
    }
)
"""The API server's list at 1.37."""


@check(
    "unsafe-sysctl",
    control="WORKLOAD-07",
    severity=Severity.HIGH,
    over=Subjects.ROOTS,
    needs=WORKLOAD_EVIDENCE,
    remediation="""\
Remove the sysctl from the pod's securityContext.sysctls; where the node needs it, set it there for
all.""",
)
@each_pod
def unsafe_sysctl(site: Site) -> Iterator[Problem]:
    """The pod sets a kernel parameter that is not known to be its own alone.

    Everything outside the API server's list counts, `net.*` included; a kubelet only accepts it
    where it was told to. Source: Pod Security Standards, baseline at 1.37, "Sysctls".
    """
    unsafe = {i: name for i, name in enumerate(site.spec.security.sysctls) if name not in SAFE}
    if unsafe:
        paths = {index: site.path(f"securityContext.sysctls[{index}]") for index in unsafe}
        yield Problem(
            f"sets {name_some(unsafe.values())}",
            at=f"{paths[min(paths)]}.name",
            patch=tuple(Change(paths[index]) for index in sorted(paths, reverse=True)),
        )
