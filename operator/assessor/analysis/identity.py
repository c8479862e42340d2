"""Who runs as whom: service accounts, their consumers, and whether their token is mounted."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from assessor.analysis.memo import once_per_root, once_per_snapshot
from assessor.inventory.ownership import RootController
from assessor.inventory.snapshot import Snapshot
from assessor.inventory.workloads import PodSpec, ServiceAccount
from assessor.kernel.refs import ObjectRef

DEFAULT_ACCOUNT = "default"
"""The account that the API server gives to pods that name none."""


def account_ref(namespace: str, name: str) -> ObjectRef:
    """A ServiceAccount, whether it exists or not."""
    return ObjectRef("", "ServiceAccount", namespace, name)


@once_per_root
def pod_specs(root: RootController) -> tuple[PodSpec, ...]:
    """The template's spec first, then those of live pods that differ from it."""
    return tuple(dict.fromkeys((root.spec, *(pod.spec for pod in root.pods))))


@once_per_root
def accounts_of(root: RootController) -> tuple[str, ...]:
    """The accounts that a root's pods run as; more than one only while pods are replaced."""
    return tuple(dict.fromkeys(spec.service_account for spec in pod_specs(root)))


@once_per_snapshot
def consumers(snapshot: Snapshot) -> Mapping[str, tuple[RootController, ...]]:
    """The roots that run as each account, by its name, whether the account exists or not."""
    found: dict[str, list[RootController]] = defaultdict(list)
    for root in snapshot.roots:
        for account in accounts_of(root):
            found[account].append(root)
    return {account: tuple(roots) for account, roots in sorted(found.items())}


def first_consumed(root: RootController, snapshot: Snapshot) -> Iterator[str]:
    """The accounts of which ``root`` is the first consumer: each account is one root's."""
    found = consumers(snapshot)
    return (account for account in accounts_of(root) if found[account][0] is root)


@once_per_snapshot
def accounts_by_name(snapshot: Snapshot) -> Mapping[str, ServiceAccount]:
    """The accounts that exist."""
    return {account.meta.name: account for account in snapshot.service_accounts}


def is_token_mounted(spec: PodSpec, account: ServiceAccount | None) -> bool:
    """Whether containers get a token: by an explicit volume, or else by the automatic mount.

    automountServiceAccountToken is the pod's, then the account's, then true (ServiceAccount
    admission plugin). An account that is not known is taken to say nothing.
    """
    if spec.explicit_token:
        return True
    if spec.automount is not None:
        return spec.automount
    return account is None or account.automount is not False


def is_token_mounted_by_omission(spec: PodSpec, account: ServiceAccount | None) -> bool:
    """Whether a token is mounted only because nobody said otherwise."""
    said = spec.explicit_token or spec.automount is not None
    return not said and (account is None or account.automount is None)


def runs_with_token(root: RootController, account: str, snapshot: Snapshot) -> bool:
    """Whether any pod of a root that runs as ``account`` gets a token of it."""
    known = accounts_by_name(snapshot).get(account)
    return any(
        is_token_mounted(spec, known) for spec in pod_specs(root) if spec.service_account == account
    )


def distinct_systems(roots: tuple[RootController, ...]) -> int:
    """How many systems the roots are: those of one custom owner are one, others each their own."""
    return len({root.system or root.ref for root in roots})
