"""WORKLOAD-02: processes that can gain more rights than their parent has."""

from collections.abc import Iterator

from assessor.analysis.sites import Site
from assessor.catalogue.checks import Problem, Subjects, check
from assessor.catalogue.patches import Change, Patch
from assessor.catalogue.pod_checks import each_container
from assessor.inventory.containers import Container
from assessor.inventory.kinds import WORKLOAD_EVIDENCE
from assessor.kernel.severity import Severity


@check(
    "privilege-escalation-allowed",
    control="WORKLOAD-02",
    severity=Severity.HIGH,
    over=Subjects.ROOTS,
    needs=WORKLOAD_EVIDENCE,
    remediation="""\
Say in each container that set-uid programs and file capabilities give nothing:
securityContext: {allowPrivilegeEscalation: false}""",
)
@each_container
def privilege_escalation_allowed(container: Container, site: Site) -> Iterator[Problem]:
    """A process of the container can get more rights than the one that started it.

    allowPrivilegeEscalation is not false; absent it means true. It exists on containers only, and
    not on Windows. Source: Pod Security Standards, restricted, "Privilege Escalation".
    """
    allowed = container.security.allow_privilege_escalation
    if allowed is False or site.spec.windows:
        return
    at = site.of(container, "securityContext.allowPrivilegeEscalation")
    yield Problem(
        "allowPrivilegeEscalation is true"
        if allowed
        else "allowPrivilegeEscalation is not set, which means true",
        at=at,
        patch=_patch(container, at),
    )


def _patch(container: Container, at: str) -> Patch:
    """None where the API server refuses `false`: beside privileged, and beside CAP_SYS_ADMIN."""
    refused = container.security.privileged or "CAP_SYS_ADMIN" in container.security.add
    return () if refused else (Change(at, value=False),)
