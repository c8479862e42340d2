"""Whose accounts a binding concerns: those of one namespace, or of every one."""

from assessor.analysis.rbac.requests import ALL_ACCOUNTS, AUTHENTICATED, SERVICE_ACCOUNT_PREFIX
from assessor.inventory.rbac import RoleBinding, Subject

EVERY_NAMESPACE = ""
"""Stands for all namespaces, as in the API."""


def reached(binding: RoleBinding) -> frozenset[str]:
    """The namespaces whose service accounts hold the binding's rights by any of its subjects."""
    found = {reached_by(subject) for subject in binding.subjects}
    return frozenset(namespace for namespace in found if namespace is not None)


def reached_by(subject: Subject) -> str | None:
    """The namespace of the accounts that a subject names or that are in it; None for no account.

    An account may also be spelled as the user that it authenticates as. Every account is in
    ``system:authenticated``, ``system:serviceaccounts`` and its namespace's group ("Configure
    Service Accounts").
    """
    match subject.kind:
        case "ServiceAccount" | "User":
            account = account_of(subject)
            return account[0] if account else None
        case "Group" if subject.name in (ALL_ACCOUNTS, AUTHENTICATED):
            return EVERY_NAMESPACE
        case "Group" if subject.name.startswith(f"{ALL_ACCOUNTS}:"):
            return subject.name.removeprefix(f"{ALL_ACCOUNTS}:")
        case _:
            return None


def account_of(subject: Subject) -> tuple[str, str] | None:
    """The namespace and name of the account that a subject is, however it is spelled."""
    if subject.kind == "ServiceAccount":
        return subject.namespace, subject.name
    if subject.kind == "User" and subject.name.startswith(SERVICE_ACCOUNT_PREFIX):
        namespace, _, name = subject.name.removeprefix(SERVICE_ACCOUNT_PREFIX).partition(":")
        return (namespace, name) if name else None
    return None
