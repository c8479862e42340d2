"""What is asked of the authorizer: a request and who makes it."""

from msgspec import Struct

from assessor.inventory.rbac import Subject

SERVICE_ACCOUNT_PREFIX = "system:serviceaccount:"
ALL_ACCOUNTS = "system:serviceaccounts"
AUTHENTICATED = "system:authenticated"
UNAUTHENTICATED = "system:unauthenticated"
ANONYMOUS = "system:anonymous"
MASTERS = "system:masters"
"""The group that the API server lets do everything, whatever the bindings say."""


class Request(Struct, frozen=True):
    """A request for a resource, or with ``path`` for a URL (authorization.k8s.io/v1).

    Empty: group is core, subresource none, namespace cluster-scoped or all of them, name none.
    """

    verb: str
    resource: str = ""
    group: str = ""
    subresource: str = ""
    namespace: str = ""
    name: str = ""
    path: str = ""

    @property
    def combined(self) -> str:
        """``resource`` or ``resource/subresource``, as rules spell it."""
        return f"{self.resource}/{self.subresource}" if self.subresource else self.resource


class Identity(Struct, frozen=True):
    """Who asks: a user's name and groups, as the authenticators establish them."""

    user: str
    groups: frozenset[str] = frozenset()


def identity_of(subject: Subject) -> Identity:
    """Whom a subject's requests come from, with the groups that every such request carries.

    Nobody's requests come from a group alone: a group is asked about as a user of no name, who
    is in the groups that all of its members are in.
    """
    match subject.kind:
        case "ServiceAccount":
            return service_account(subject.namespace, subject.name)
        case "User":
            return user(subject.name)
        case _:
            return Identity("", frozenset({subject.name, *_wider(subject.name)}))


def _wider(group: str) -> tuple[str, ...]:
    """The groups that every member of a group is in.

    Whoever is in any group is authenticated, but for those who are in ``UNAUTHENTICATED``.
    """
    if group in (AUTHENTICATED, UNAUTHENTICATED):
        return ()
    if group.startswith(f"{ALL_ACCOUNTS}:"):
        return ALL_ACCOUNTS, AUTHENTICATED
    return (AUTHENTICATED,)


def service_account(namespace: str, name: str) -> Identity:
    """A service account (Kubernetes, "Configure Service Accounts": groups)."""
    groups = {ALL_ACCOUNTS, f"{ALL_ACCOUNTS}:{namespace}", AUTHENTICATED}
    return Identity(f"{SERVICE_ACCOUNT_PREFIX}{namespace}:{name}", frozenset(groups))


def user(name: str) -> Identity:
    """A user; one that is called like a service account is that account."""
    parts = name.split(":")
    if name.startswith(SERVICE_ACCOUNT_PREFIX) and len(parts) == 4:  # noqa: PLR2004 - its form
        return service_account(parts[2], parts[3])
    if name == ANONYMOUS:
        return Identity(name, frozenset({UNAUTHENTICATED}))
    return Identity(name, frozenset({AUTHENTICATED}))
