"""WORKLOAD-04: root filesystems that can be written."""

from collections.abc import Iterator

from assessor.analysis.sites import Site
from assessor.catalogue.checks import Problem, Subjects, check
from assessor.catalogue.patches import Change
from assessor.catalogue.pod_checks import each_container
from assessor.inventory.containers import Container
from assessor.inventory.kinds import WORKLOAD_EVIDENCE
from assessor.kernel.severity import Severity


@check(
    "writable-root-filesystem",
    control="WORKLOAD-04",
    severity=Severity.MEDIUM,
    over=Subjects.ROOTS,
    needs=WORKLOAD_EVIDENCE,
    remediation="""\
Make it read-only, and give what must be written a volume, such as an emptyDir at /tmp:
securityContext: {readOnlyRootFilesystem: true}""",
)
@each_container
def writable_root_filesystem(container: Container, site: Site) -> Iterator[Problem]:
    """The container can write its own image's files: replace programs and keep tools.

    readOnlyRootFilesystem is not true; absent means false. Windows has no such field. Source:
    CIS Kubernetes Benchmark and the NSA/CISA hardening guide, "Immutable container file systems".
    """
    if site.spec.windows or container.security.read_only_root:
        return
    says = "is not set" if container.security.read_only_root is None else "is false"
    at = site.of(container, "securityContext.readOnlyRootFilesystem")
    yield Problem(f"readOnlyRootFilesystem {says}", at=at, patch=(Change(at, value=True),))
