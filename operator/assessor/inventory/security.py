"""Security contexts, reduced to what a check judges; None is a field that is absent."""

from msgspec import Struct


class SELinuxOptions(Struct, frozen=True, gc=False):
    """seLinuxOptions without the level, which separates and never frees."""

    type: str = ""
    user: str = ""
    role: str = ""


class SecurityContext(Struct, frozen=True, gc=False):
    """What a pod's and a container's securityContext have in common.

    ``seccomp`` and ``app_armor`` are the profiles' types (RuntimeDefault, Localhost, Unconfined).
    ``host_process`` and ``windows_user`` are windowsOptions.hostProcess and .runAsUserName.
    """

    run_as_non_root: bool | None = None
    run_as_user: int | None = None
    seccomp: str | None = None
    app_armor: str | None = None
    se_linux: SELinuxOptions | None = None
    host_process: bool | None = None
    windows_user: str | None = None


class PodSecurity(SecurityContext, frozen=True, gc=False):
    """The pod's: what its containers inherit, and the names of the sysctls that it sets."""

    sysctls: tuple[str, ...] = ()


class ContainerSecurity(SecurityContext, frozen=True, gc=False):
    """A container's own; ``add`` and ``drop`` are its capabilities, as they are spelt."""

    privileged: bool | None = None
    allow_privilege_escalation: bool | None = None
    read_only_root: bool | None = None
    proc_mount: str | None = None
    add: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()


NO_POD_SECURITY = PodSecurity()
NO_CONTAINER_SECURITY = ContainerSecurity()
