"""Security contexts of pods and containers."""

from msgspec import field

from assessor.inventory.decoding.interning import Interner
from assessor.inventory.decoding.wire import Wire
from assessor.inventory.security import (
    NO_CONTAINER_SECURITY,
    NO_POD_SECURITY,
    ContainerSecurity,
    PodSecurity,
    SELinuxOptions,
)


class WireProfile(Wire):
    """seccompProfile or appArmorProfile."""

    type: str = ""


class WireSELinux(Wire):
    """seLinuxOptions."""

    type: str | None = None
    user: str | None = None
    role: str | None = None


class WireWindows(Wire):
    """windowsOptions."""

    host_process: bool | None = None
    run_as_user_name: str | None = None


class WireContext(Wire):
    """What a pod's and a container's securityContext have in common."""

    run_as_non_root: bool | None = None
    run_as_user: int | None = None
    seccomp_profile: WireProfile | None = None
    app_armor_profile: WireProfile | None = None
    se_linux_options: WireSELinux | None = None
    windows_options: WireWindows | None = None


class WireSysctl(Wire):
    """securityContext.sysctls[]."""

    name: str


class WirePodSecurity(WireContext):
    """A pod's securityContext."""

    sysctls: list[WireSysctl] | None = None


class WireCapabilities(Wire):
    """securityContext.capabilities."""

    add: list[str] | None = None
    drop: list[str] | None = None


class WireContainerSecurity(WireContext):
    """A container's securityContext."""

    privileged: bool | None = None
    allow_privilege_escalation: bool | None = None
    read_only_root: bool | None = field(name="readOnlyRootFilesystem", default=None)
    proc_mount: str | None = None
    capabilities: WireCapabilities | None = None


Common = tuple[
    bool | None,
    int | None,
    str | None,
    str | None,
    SELinuxOptions | None,
    bool | None,
    str | None,
]


def project_pod_security(wire: WirePodSecurity | None, interner: Interner) -> PodSecurity:
    """The view of a pod's securityContext; an absent one and an empty one are the same."""
    if wire is None:
        return NO_POD_SECURITY
    sysctls = tuple(sysctl.name for sysctl in wire.sysctls or ())
    return interner.share(PodSecurity(*_common(wire), sysctls))


def project_container_security(
    wire: WireContainerSecurity | None, interner: Interner
) -> ContainerSecurity:
    """The view of a container's securityContext."""
    if wire is None:
        return NO_CONTAINER_SECURITY
    capabilities = wire.capabilities
    return interner.share(
        ContainerSecurity(
            *_common(wire),
            wire.privileged,
            wire.allow_privilege_escalation,
            wire.read_only_root,
            wire.proc_mount,
            tuple(capabilities.add or ()) if capabilities else (),
            tuple(capabilities.drop or ()) if capabilities else (),
        )
    )


def _common(wire: WireContext) -> Common:
    windows = wire.windows_options
    return (
        wire.run_as_non_root,
        wire.run_as_user,
        wire.seccomp_profile.type if wire.seccomp_profile else None,
        wire.app_armor_profile.type if wire.app_armor_profile else None,
        _se_linux(wire.se_linux_options) if wire.se_linux_options else None,
        windows.host_process if windows else None,
        windows.run_as_user_name if windows else None,
    )


def _se_linux(wire: WireSELinux) -> SELinuxOptions:
    return SELinuxOptions(wire.type or "", wire.user or "", wire.role or "")
