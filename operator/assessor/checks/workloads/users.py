"""WORKLOAD-01: containers that run, or may run, as root."""

from collections.abc import Iterator

from assessor.analysis.effective import effective
from assessor.analysis.sites import Site
from assessor.catalogue.checks import Problem, Subjects, check
from assessor.catalogue.patches import Change, Patch
from assessor.catalogue.pod_checks import each_container, each_pod
from assessor.inventory.containers import Container
from assessor.inventory.kinds import WORKLOAD_EVIDENCE
from assessor.kernel.severity import Severity

NOBODY = 65532
"""The user that a patch proposes: `nonroot` of minimal images, and of no account on nodes."""

USER = "securityContext.runAsUser"
NON_ROOT = "securityContext.runAsNonRoot"
WINDOWS_USER = "securityContext.windowsOptions.runAsUserName"
ADMINISTRATORS = frozenset({"containeradministrator", "administrator", "nt authority\\system"})


@check(
    "root-allowed",
    control="WORKLOAD-01",
    severity=Severity.HIGH,
    over=Subjects.ROOTS,
    needs=WORKLOAD_EVIDENCE,
    remediation="""\
Let the kubelet refuse to start it as root, in the pod template or in each container:
securityContext: {runAsNonRoot: true}
An image whose USER is root or a name then needs runAsUser as well.""",
)
@each_container
def root_allowed(container: Container, site: Site) -> Iterator[Problem]:
    """Nothing keeps the container from running as root: runAsNonRoot is not true for it.

    The container's value beats the pod's. Low where runAsUser names another user than root: it
    does not run as root, though the standard asks for both. runAsUser 0 is root-user's to say.
    Pods with a user namespace of their own are exempt. Source: Pod Security Standards, restricted,
    "Running as Non-root".
    """
    runs = effective(container, site.spec)
    if site.spec.user_namespace or runs.run_as_non_root or runs.run_as_user == 0:
        return
    says = "is not set" if runs.run_as_non_root is None else "is false"
    with_user = "" if runs.run_as_user is None else f"; it runs as user {runs.run_as_user}"
    at = site.of(container, NON_ROOT)
    yield Problem(
        f"runAsNonRoot {says}{with_user}",
        at=at,
        severity=Severity.LOW if with_user else None,
        patch=(Change(at, value=True), *_without_pods_false(site)),
    )


def _without_pods_false(site: Site) -> Patch:
    """The pod's `false` away: absent it means the same for those that inherit it."""
    if site.spec.security.run_as_non_root is False:
        return (Change(site.path(NON_ROOT)),)
    return ()


@check(
    "root-user",
    control="WORKLOAD-01",
    severity=Severity.HIGH,
    over=Subjects.ROOTS,
    needs=WORKLOAD_EVIDENCE,
    remediation="""\
Name a user other than root that may read what the image holds:
securityContext: {runAsUser: 65532, runAsNonRoot: true}""",
)
@each_container
def root_user(container: Container, site: Site) -> Iterator[Problem]:
    """The container runs as user 0, by its own runAsUser or by the pod's.

    Low where runAsNonRoot is true as well: the kubelet then refuses to start it. Pods with a user
    namespace of their own are exempt. Source: Pod Security Standards, restricted, "Running as
    Non-root user".
    """
    runs = effective(container, site.spec)
    if site.spec.user_namespace or runs.run_as_user != 0:
        return
    refused = bool(runs.run_as_non_root)
    at = site.of(container, USER)
    yield Problem(
        "runAsUser is 0 though runAsNonRoot is true: it cannot start"
        if refused
        else "runAsUser is 0",
        at=at,
        severity=Severity.LOW if refused else None,
        patch=_another_user(container, site),
    )


def _another_user(container: Container, site: Site) -> Patch:
    """A user and runAsNonRoot where root stands, which may be for several containers."""
    if container.security.run_as_user is not None:
        own = Change(site.of(container, USER), NOBODY)
        return (own, Change(site.of(container, NON_ROOT), value=True), *_without_pods_false(site))
    return (
        Change(site.path(USER), NOBODY),
        Change(site.path(NON_ROOT), value=True),
        *(
            Change(site.of(each, NON_ROOT), value=True)
            for each in site.spec.containers
            if each.security.run_as_user is None and each.security.run_as_non_root is False
        ),
    )


@check(
    "overridden-root",
    control="WORKLOAD-01",
    severity=Severity.INFO,
    over=Subjects.ROOTS,
    needs=WORKLOAD_EVIDENCE,
    remediation="Remove the pod's value, or make it the one that its containers set.",
)
@each_pod
def overridden_root(site: Site) -> Iterator[Problem]:
    """The pod allows root or asks for it, and every container says otherwise.

    What runs is not root, so it is a note; the standard forbids the pod's value all the same, and
    a container that is added inherits it. Source: Pod Security Standards, restricted.
    """
    spec = site.spec
    own = [container.security for container in spec.containers]
    if spec.user_namespace:
        return
    if spec.security.run_as_non_root is False and all(s.run_as_non_root is not None for s in own):
        yield _overridden(site, NON_ROOT, "runAsNonRoot is false")
    if spec.security.run_as_user == 0 and all(s.run_as_user is not None for s in own):
        yield _overridden(site, USER, "runAsUser is 0")


def _overridden(site: Site, field: str, told: str) -> Problem:
    at = site.path(field)
    return Problem(
        f"the pod's {told}; every container overrides it", at=at, key=field, patch=(Change(at),)
    )


@check(
    "no-run-as-user",
    control="WORKLOAD-01",
    severity=Severity.LOW,
    over=Subjects.ROOTS,
    needs=WORKLOAD_EVIDENCE,
    remediation="""\
Name the user, so that an image with another USER changes nothing:
securityContext: {runAsUser: 65532}""",
)
@each_container
def no_run_as_user(container: Container, site: Site) -> Iterator[Problem]:
    """Which user the container runs as is left to its image.

    The checklist asks for runAsUser beside runAsNonRoot: an image may change its user from one
    build to the next, and files on volumes belong to numbers. Windows has no runAsUser, and a pod
    with a user namespace has no user of the node.
    """
    spec = site.spec
    if spec.windows or spec.user_namespace:
        return
    if effective(container, spec).run_as_user is None:
        at = site.of(container, USER)
        yield Problem("runAsUser is not set", at=at, patch=(Change(at, NOBODY),))


@check(
    "root-in-user-namespace",
    control="WORKLOAD-01",
    severity=Severity.INFO,
    over=Subjects.ROOTS,
    needs=WORKLOAD_EVIDENCE,
    remediation="""\
Where the program can do without root, say so:
securityContext: {runAsNonRoot: true, runAsUser: 65532}""",
)
@each_container
def root_in_user_namespace(container: Container, site: Site) -> Iterator[Problem]:
    """The container may run as root of its pod's own user namespace (hostUsers: false).

    On the node that is a user without rights, so it is a note; in the pod it is still root.
    Source: KEP-127, and the Pod Security Standards since 1.35.
    """
    runs = effective(container, site.spec)
    if site.spec.user_namespace and not runs.run_as_non_root and not runs.run_as_user:
        at = site.of(container, NON_ROOT)
        yield Problem(
            "may run as root of its own user namespace",
            at=at,
            patch=(Change(at, value=True), Change(site.of(container, USER), NOBODY)),
        )


@check(
    "windows-administrator",
    control="WORKLOAD-01",
    severity=Severity.HIGH,
    over=Subjects.ROOTS,
    needs=WORKLOAD_EVIDENCE,
    remediation="""\
Run it as the image's ordinary user:
securityContext: {windowsOptions: {runAsUserName: ContainerUser}}""",
)
@each_container
def windows_administrator(container: Container, site: Site) -> Iterator[Problem]:
    """The container runs as Windows' administrator, as runAsUserName says.

    runAsNonRoot does not refuse it. Where nothing is said, the image decides. Source: the
    Kubernetes documentation, "Security For Windows Nodes".
    """
    user = effective(container, site.spec).windows_user
    if user and user.lower() in ADMINISTRATORS:
        at = site.of(container, WINDOWS_USER)
        yield Problem(f"runs as {user}", at=at, patch=(Change(at, "ContainerUser"),))
