"""Whose grants are judged: all but those that Kubernetes itself needs."""

from collections.abc import Iterator

from assessor.analysis.rbac.baseline import is_baseline
from assessor.analysis.rbac.directory import Directory, Key, key_of
from assessor.analysis.rbac.requests import ALL_ACCOUNTS, AUTHENTICATED, UNAUTHENTICATED
from assessor.analysis.rbac.requests import SERVICE_ACCOUNT_PREFIX as ACCOUNT
from assessor.inventory.rbac import BoundRole, RoleBinding, Subject

COMPONENTS = frozenset(
    {
        ("user", "system:apiserver"),
        ("user", "system:kube-controller-manager"),
        ("user", "system:kube-proxy"),
        ("user", "system:kube-scheduler"),
        ("group", "system:bootstrappers"),
        ("group", "system:masters"),
        ("group", "system:monitoring"),
        ("group", "system:nodes"),
    }
)
"""The control plane's own users and groups ("Using RBAC Authorization", core component roles)."""

COMPONENT_PREFIXES = (("user", "system:node:"), ("group", "system:bootstrappers:"))

EVERYBODY = frozenset({AUTHENTICATED, UNAUTHENTICATED, ALL_ACCOUNTS})
DISCOVERY = frozenset(
    {
        "system:basic-user",
        "system:discovery",
        "system:public-info-viewer",
        "system:service-account-issuer-discovery",
    }
)
"""Bindings of the same roles to everybody ("Using RBAC Authorization", API discovery roles)."""


def judged_bindings(directory: Directory) -> dict[Subject, list[RoleBinding]]:
    """Each subject with the bindings that name it, whatever its spelling there."""
    found: dict[Key, list[RoleBinding]] = {}
    for binding in directory.bindings:
        if not is_baseline(BoundRole(binding, directory.role_of(binding))):
            for key in dict.fromkeys(_judged(binding)):
                found.setdefault(key, []).append(binding)
    return {subject_named(key): bindings for key, bindings in found.items()}


def subject_named(key: Key) -> Subject:
    """A subject in its best spelling: a service account's user is that account."""
    kind, name = key
    namespace, _, account = name.removeprefix(ACCOUNT).partition(":")
    if kind == "user" and name.startswith(ACCOUNT) and account:
        return Subject("ServiceAccount", account, namespace)
    return Subject(kind.capitalize(), name)


def _judged(binding: RoleBinding) -> Iterator[Key]:
    for subject in binding.subjects:
        key = key_of(subject)
        if key and not (is_component(key) or _is_discovery(subject, binding)):
            yield key


def is_component(key: Key) -> bool:
    """Whether a user or group is the control plane's own, or a node's."""
    kind, name = key
    return key in COMPONENTS or any(
        kind == its and name.startswith(prefix) for its, prefix in COMPONENT_PREFIXES
    )


def _is_discovery(subject: Subject, binding: RoleBinding) -> bool:
    names = {binding.meta.name, binding.role.name}
    return subject.kind == "Group" and subject.name in EVERYBODY and names <= DISCOVERY
