"""WORKLOAD-11: seccomp, AppArmor and SELinux profiles that are missing or taken off."""

from collections.abc import Iterator

from assessor.analysis.effective import (
    CONFINING,
    annotated_app_armor,
    effective,
    inherits_app_armor,
)
from assessor.analysis.sites import Site
from assessor.catalogue.checks import Problem, Subjects, check
from assessor.catalogue.patches import Change, Patch
from assessor.catalogue.pod_checks import each_container
from assessor.inventory.containers import Container
from assessor.inventory.kinds import WORKLOAD_EVIDENCE
from assessor.inventory.security import SELinuxOptions
from assessor.inventory.workloads import APP_ARMOR_PREFIX
from assessor.kernel.severity import Severity

SECCOMP = "securityContext.seccompProfile"
APP_ARMOR = "securityContext.appArmorProfile"
SE_LINUX = "securityContext.seLinuxOptions"
DEFAULT_PROFILE = {"type": "RuntimeDefault"}

SE_LINUX_TYPES = frozenset(
    {"", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"}
)
"""Those that confine a container, at 1.37."""


@check(
    "seccomp-unconfined",
    control="WORKLOAD-11",
    severity=Severity.MEDIUM,
    over=Subjects.ROOTS,
    needs=WORKLOAD_EVIDENCE,
    remediation="""\
Take the runtime's profile, or one of your own by type Localhost:
securityContext: {seccompProfile: {type: RuntimeDefault}}""",
)
@each_container
def seccomp_unconfined(container: Container, site: Site) -> Iterator[Problem]:
    """The container may call everything that its node's kernel offers, because it asks to.

    The container's profile beats the pod's. Source: Pod Security Standards, baseline, "Seccomp".
    """
    profile = effective(container, site.spec).seccomp
    if profile is not None and profile not in CONFINING:
        own = container.security.seccomp is not None
        at = site.of(container, SECCOMP) if own else site.path(SECCOMP)
        yield Problem(
            f"seccompProfile is {profile}{'' if own else ', from the pod'}",
            at=f"{at}.type",
            patch=(Change(at, DEFAULT_PROFILE),),
        )


@check(
    "no-seccomp-profile",
    control="WORKLOAD-11",
    severity=Severity.MEDIUM,
    over=Subjects.ROOTS,
    needs=WORKLOAD_EVIDENCE,
    remediation="""\
Say it once in the pod template:
securityContext: {seccompProfile: {type: RuntimeDefault}}""",
)
@each_container
def no_seccomp_profile(container: Container, site: Site) -> Iterator[Problem]:
    """Neither the pod nor the container names a seccomp profile.

    A kubelet may then give the runtime's own, which no object tells. A note where an AppArmor or
    SELinux profile was chosen: the checklist asks for one of the three, the standard for seccomp.
    Windows has none. Source: Pod Security Standards, restricted, "Seccomp".
    """
    holds = effective(container, site.spec)
    if holds.seccomp is None and not site.spec.windows:
        at = site.of(container, SECCOMP)
        yield Problem(
            "no seccompProfile is set",
            at=f"{at}.type",
            severity=Severity.INFO if holds.confined_by_module else None,
            patch=(Change(at, DEFAULT_PROFILE),),
        )


@check(
    "apparmor-unconfined",
    control="WORKLOAD-11",
    severity=Severity.MEDIUM,
    over=Subjects.ROOTS,
    needs=WORKLOAD_EVIDENCE,
    remediation="""\
Leave the runtime's profile on, or name one of your own by type Localhost:
securityContext: {appArmorProfile: {type: RuntimeDefault}}""",
)
@each_container
def apparmor_unconfined(container: Container, site: Site) -> Iterator[Problem]:
    """The container runs without the AppArmor profile that runtimes give by default.

    The container's field counts, then its legacy annotation, then the pod's field; absent is the
    runtime's default, and passes. Source: Pod Security Standards, baseline, "AppArmor".
    """
    profile = effective(container, site.spec).app_armor
    if profile is None or profile in CONFINING:
        return
    if container.security.app_armor:
        at, source = f"{site.of(container, APP_ARMOR)}.type", ""
    elif inherits_app_armor(container, site.spec):
        at, source = f"{site.path(APP_ARMOR)}.type", ", from the pod"
    else:
        at, source = _annotation(container, site), ", by annotation"
    patch = _app_armor_patch(container, site)
    yield Problem(f"appArmorProfile is {profile}{source}", at=at, patch=patch)


def _app_armor_patch(container: Container, site: Site) -> Patch:
    """The default where the field stands; an annotation may not differ from it, and goes."""
    if container.security.app_armor:
        named = dict(site.spec.app_armor_annotations)
        annotation = (Change(_annotation(container, site)),) if container.name in named else ()
        return (*annotation, Change(site.of(container, APP_ARMOR), DEFAULT_PROFILE))
    pod = site.spec.security.app_armor
    field = () if pod in (None, *CONFINING) else (Change(site.path(APP_ARMOR), DEFAULT_PROFILE),)
    affected = (
        each
        for each in site.spec.containers
        if each == container or (field and not each.security.app_armor)
    )
    annotations = (
        Change(_annotation(each, site))
        for each in affected
        if annotated_app_armor(each.name, site.spec) not in (None, *CONFINING)
    )
    return (*annotations, *field)


def _annotation(container: Container, site: Site) -> str:
    return site.annotation(f"{APP_ARMOR_PREFIX}{container.name}")


@check(
    "selinux-custom-options",
    control="WORKLOAD-11",
    severity=Severity.MEDIUM,
    over=Subjects.ROOTS,
    needs=WORKLOAD_EVIDENCE,
    remediation="Remove user and role from seLinuxOptions, and name no type but a container's own.",
)
@each_container
def selinux_custom_options(container: Container, site: Site) -> Iterator[Problem]:
    """The container runs with an SELinux user, role or type that is not made for containers.

    Allowed types are container_t, container_init_t, container_kvm_t and container_engine_t; user
    and role may not be set. A container's options replace the pod's as a whole. Source: Pod
    Security Standards, baseline at 1.31, "SELinux".
    """
    options = effective(container, site.spec).se_linux
    if options is None or not bad_se_linux(options):
        return
    own = container.security.se_linux is not None
    stands = site.of(container, SE_LINUX) if own else site.path(SE_LINUX)
    bad = bad_se_linux(options)
    told = ", ".join(f"{field} {value}" for field, value in bad.items())
    yield Problem(
        f"seLinuxOptions: {told}{'' if own else ', from the pod'}",
        at=f"{stands}.{next(iter(bad))}",
        patch=tuple(Change(f"{stands}.{field}") for field in bad),
    )


def bad_se_linux(options: SELinuxOptions) -> dict[str, str]:
    """What the standard forbids of it, by field."""
    found = {"user": options.user, "role": options.role}
    if options.type not in SE_LINUX_TYPES:
        found["type"] = options.type
    return {field: value for field, value in found.items() if value}
