"""WORKLOAD-11: profiles that a pod takes off and its containers put on again."""

from collections.abc import Iterator

from assessor.analysis.effective import CONFINING, annotated_app_armor, inherits_app_armor
from assessor.analysis.sites import Site
from assessor.catalogue.checks import Problem, Subjects, check
from assessor.catalogue.patches import Change
from assessor.catalogue.pod_checks import each_pod
from assessor.catalogue.wording import clip
from assessor.checks.workloads.profiles import APP_ARMOR, SE_LINUX, SECCOMP, bad_se_linux
from assessor.inventory.kinds import WORKLOAD_EVIDENCE
from assessor.inventory.workloads import APP_ARMOR_PREFIX
from assessor.kernel.severity import Severity


@check(
    "overridden-profile",
    control="WORKLOAD-11",
    severity=Severity.INFO,
    over=Subjects.ROOTS,
    needs=WORKLOAD_EVIDENCE,
    remediation="Remove the value that nothing inherits, or make it the one that containers set.",
)
@each_pod
def overridden_profile(site: Site) -> Iterator[Problem]:
    """The pod asks for no profile, or for an odd one, and every container says otherwise.

    What runs is confined, so it is a note; the standard forbids the pod's value all the same, and
    a container that is added inherits it. Source: Pod Security Standards, baseline.
    """
    yield from _fields(site)
    yield from _annotations(site)


def _fields(site: Site) -> Iterator[Problem]:
    pod, containers = site.spec.security, site.spec.containers
    if _unconfined(pod.seccomp) and all(c.security.seccomp for c in containers):
        yield _overridden(site.path(SECCOMP), SECCOMP, f"the pod's seccompProfile is {pod.seccomp}")
    if _unconfined(pod.app_armor) and not any(
        inherits_app_armor(container, site.spec) for container in containers
    ):
        told = f"the pod's appArmorProfile is {pod.app_armor}"
        yield _overridden(site.path(APP_ARMOR), APP_ARMOR, told)
    if pod.se_linux and bad_se_linux(pod.se_linux) and all(c.security.se_linux for c in containers):
        told = "the pod's seLinuxOptions are not a container's"
        yield _overridden(site.path(SE_LINUX), SE_LINUX, told)


def _annotations(site: Site) -> Iterator[Problem]:
    """Those whose container says otherwise, or is not there."""
    effective = {c.name for c in site.spec.containers if not c.security.app_armor}
    for name, profile in site.spec.app_armor_annotations:
        if name not in effective and _unconfined(annotated_app_armor(name, site.spec)):
            path = site.annotation(f"{APP_ARMOR_PREFIX}{name}")
            told = f"an annotation's AppArmor profile is {clip(profile)}"
            yield _overridden(path, APP_ARMOR_PREFIX + name, told)


def _unconfined(profile: str | None) -> bool:
    return profile is not None and profile not in CONFINING


def _overridden(path: str, key: str, told: str) -> Problem:
    return Problem(f"{told}; nothing inherits it", at=path, key=key, patch=(Change(path),))
