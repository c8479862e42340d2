"""What holds for a container: its own field where it has one, else the pod's.

Field by field, but for seLinuxOptions, which counts as a whole. Source: the API reference,
"PodSecurityContext … also specified in SecurityContext: the value in SecurityContext wins".
"""

from msgspec import Struct

from assessor.analysis.sites import Site
from assessor.inventory.containers import Container
from assessor.inventory.security import SELinuxOptions
from assessor.inventory.workloads import PodSpec

HOST_PROCESS = "securityContext.windowsOptions.hostProcess"

CONFINING = ("RuntimeDefault", "Localhost")
"""The types of a seccomp or AppArmor profile that take anything away."""

_ANNOTATED = {"runtime/default": "RuntimeDefault", "unconfined": "Unconfined"}


class Effective(Struct, frozen=True):
    """The values that the container runs with; None where nobody says anything."""

    run_as_non_root: bool | None
    run_as_user: int | None
    seccomp: str | None
    app_armor: str | None
    se_linux: SELinuxOptions | None
    windows_user: str | None

    @property
    def confined_by_module(self) -> bool:
        """Whether an AppArmor profile or SELinux options were chosen for it."""
        return self.app_armor in CONFINING or self.se_linux is not None


def effective(container: Container, spec: PodSpec) -> Effective:
    """What holds for a container of the pod."""
    own, inherited = container.security, spec.security
    return Effective(
        inherited.run_as_non_root if own.run_as_non_root is None else own.run_as_non_root,
        inherited.run_as_user if own.run_as_user is None else own.run_as_user,
        own.seccomp or inherited.seccomp,
        own.app_armor or annotated_app_armor(container.name, spec) or inherited.app_armor,
        own.se_linux or inherited.se_linux,
        own.windows_user or inherited.windows_user,
    )


def annotated_app_armor(container: str, spec: PodSpec) -> str | None:
    """The type of the profile that a legacy annotation names; an unknown one is its own type."""
    if not spec.app_armor_annotations:
        return None
    profile = dict(spec.app_armor_annotations).get(container)
    if not profile:
        return None
    return "Localhost" if profile.startswith("localhost/") else _ANNOTATED.get(profile, profile)


def inherits_app_armor(container: Container, spec: PodSpec) -> bool:
    """Whether the pod's AppArmor profile is the container's."""
    return not (container.security.app_armor or annotated_app_armor(container.name, spec))


def host_process_setters(site: Site) -> tuple[str, ...]:
    """The paths of the fields that make it a pod of HostProcess containers, the pod's first."""
    own = (site.path(HOST_PROCESS),) if site.spec.security.host_process else ()
    containers = (each for each in site.spec.containers if each.security.host_process)
    return (*own, *(site.of(each, HOST_PROCESS) for each in containers))
