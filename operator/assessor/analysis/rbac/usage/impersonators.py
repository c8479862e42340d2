"""Who may act as somebody else: what is done so is the other's use, and is logged as one's own."""

from collections.abc import Iterable

import msgspec
from msgspec import Struct

from assessor.analysis.rbac.directory import Directory, Key, key_of
from assessor.analysis.rbac.requests import ALL_ACCOUNTS, MASTERS, SERVICE_ACCOUNT_PREFIX, user
from assessor.analysis.rbac.usage.cells import cells_of
from assessor.analysis.rbac.usage.hidden import impersonates
from assessor.analysis.rbac.usage.subjects import is_component
from assessor.inventory.rbac import Role


class Impersonators(Struct, frozen=True):
    """Whom bindings let act as others.

    Of a user that is no account nobody knows the groups, and of a group nobody knows the members:
    they may, since system:masters may do everything. The control plane's own do not.
    """

    keys: frozenset[Key]

    def may_be(self, users: Iterable[str], groups: Iterable[str]) -> bool:
        """Whether one of these users, or else a member of one of these groups, may be one."""
        named = list(users)
        return any(map(self._user, named)) if named else any(map(self._group, groups))

    def _user(self, name: str) -> bool:
        identity = user(name)
        if self.keys & {("user", name), *(("group", group) for group in identity.groups)}:
            return True
        return not (ALL_ACCOUNTS in identity.groups or is_component(("user", name)))

    def _group(self, name: str) -> bool:
        if name == MASTERS or ("group", name) in self.keys:
            return True
        if name == ALL_ACCOUNTS or name.startswith(f"{ALL_ACCOUNTS}:"):
            return any(self._in_accounts(name, each) for kind, each in self.keys if kind == "user")
        return not is_component(("group", name))

    def _in_accounts(self, group: str, name: str) -> bool:
        return name.startswith(SERVICE_ACCOUNT_PREFIX) and group in user(name).groups


def impersonators(directory: Directory) -> Impersonators:
    """Those of a cluster."""
    acting = {place for place, role in directory.roles.items() if _impersonates(role)}
    return Impersonators(
        frozenset(
            key
            for binding in directory.bindings
            if binding.role_place in acting
            for subject in binding.subjects
            if (key := key_of(subject))
        )
    )


def _impersonates(role: Role) -> bool:
    """Whoever it may be: names change nothing, and there may be many."""
    rules = (msgspec.structs.replace(rule, resource_names=()) for rule in role.rules)
    return any(impersonates(cell) for rule in rules for cell in cells_of(rule))
