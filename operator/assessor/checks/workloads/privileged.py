"""WORKLOAD-03: containers that are not contained."""

from collections.abc import Iterator

from assessor.analysis.effective import host_process_setters
from assessor.analysis.sites import Site
from assessor.catalogue.checks import Problem, Subjects, check
from assessor.catalogue.patches import Change, Patch
from assessor.catalogue.pod_checks import each_container, each_pod
from assessor.inventory.containers import Container
from assessor.inventory.kinds import WORKLOAD_EVIDENCE
from assessor.kernel.severity import Severity

PROC_MOUNT = "securityContext.procMount"


@check(
    "privileged-container",
    control="WORKLOAD-03",
    severity=Severity.CRITICAL,
    over=Subjects.ROOTS,
    needs=WORKLOAD_EVIDENCE,
    remediation="""\
Remove `privileged: true`, and grant what the program proves to need: a capability, a device
plugin's resource, or a CSI volume.
securityContext: {privileged: false}""",
)
@each_container
def privileged_container(container: Container, site: Site) -> Iterator[Problem]:
    """A privileged container has every capability and device of its node, and no profile.

    Absent means false. Source: Pod Security Standards, baseline, "Privileged Containers".
    """
    if container.security.privileged:
        at = site.of(container, "securityContext.privileged")
        yield Problem("privileged is true", at=at, patch=(Change(at, value=False),))


@check(
    "windows-host-process",
    control="WORKLOAD-03",
    severity=Severity.CRITICAL,
    over=Subjects.ROOTS,
    needs=WORKLOAD_EVIDENCE,
    remediation="""\
Run it as an ordinary Windows container:
securityContext: {windowsOptions: {hostProcess: false}}""",
)
@each_pod
def windows_host_process(site: Site) -> Iterator[Problem]:
    """A HostProcess pod runs on its Windows node itself, with the node's files and network.

    All containers of a pod are HostProcess ones or none is, so that it is told once. Source: Pod
    Security Standards, baseline, "HostProcess".
    """
    setters = host_process_setters(site)
    if setters:
        yield Problem("hostProcess is true", at=setters[0], patch=_cleared(setters))


def _cleared(paths: tuple[str, ...]) -> Patch:
    return tuple(Change(path) for path in paths)


@check(
    "unmasked-proc",
    control="WORKLOAD-03",
    severity=Severity.HIGH,
    over=Subjects.ROOTS,
    needs=WORKLOAD_EVIDENCE,
    remediation="""\
Leave the masks on /proc where they are:
securityContext: {procMount: Default}""",
)
@each_container
def unmasked_proc(container: Container, site: Site) -> Iterator[Problem]:
    """The container sees the parts of /proc that runtimes hide, and shares its node's users.

    API servers of today refuse it without hostUsers: false; older ones did not, and what they
    stored stays. Source: Pod Security Standards, baseline, "/proc Mount Type".
    """
    if not site.spec.user_namespace:
        yield from _unmasked(container, site)


@check(
    "unmasked-proc-in-user-namespace",
    control="WORKLOAD-03",
    severity=Severity.LOW,
    over=Subjects.ROOTS,
    needs=WORKLOAD_EVIDENCE,
    remediation="""\
Leave the masks on /proc where they are, unless containers are built or run in this one:
securityContext: {procMount: Default}""",
)
@each_container
def unmasked_proc_in_user_namespace(container: Container, site: Site) -> Iterator[Problem]:
    """The container sees the parts of /proc that runtimes hide, in a user namespace of its own.

    That is what containers in containers need; the baseline level allows it since 1.35, the
    restricted one does not. Source: Pod Security Standards, "/proc Mount Type".
    """
    if site.spec.user_namespace:
        yield from _unmasked(container, site)


def _unmasked(container: Container, site: Site) -> Iterator[Problem]:
    mount = container.security.proc_mount
    if mount not in (None, "Default"):
        at = site.of(container, PROC_MOUNT)
        yield Problem(f"procMount is {mount}", at=at, patch=(Change(at, "Default"),))
