"""Linux capabilities: how they are spelt, and which ones a container has anyway."""

DEFAULT = frozenset(
    {
        "AUDIT_WRITE",
        "CHOWN",
        "DAC_OVERRIDE",
        "FOWNER",
        "FSETID",
        "KILL",
        "MKNOD",
        "NET_BIND_SERVICE",
        "SETFCAP",
        "SETGID",
        "SETPCAP",
        "SETUID",
        "SYS_CHROOT",
    }
)
"""Those that the baseline level lets a container add: container runtimes give them by default."""

PROHIBITED = frozenset(
    {
        "CHOWN",
        "FSETID",
        "NET_ADMIN",
        "NET_BIND_SERVICE",
        "NET_RAW",
        "SETGID",
        "SETUID",
        "SYS_CHROOT",
        "SYS_PTRACE",
    }
)
"""Those that the checklist's WORKLOAD-10 forbids by name."""

NODE = frozenset({"ALL", "DAC_READ_SEARCH", "SYS_ADMIN", "SYS_MODULE", "SYS_RAWIO"})
"""Those with which a container takes its node (capabilities(7))."""


def normalized(capability: str) -> str:
    """As the kernel's documentation calls it, without CAP_: runtimes take any spelling."""
    return capability.upper().removeprefix("CAP_")
