"""All roles and bindings, found by what refers to them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from assessor.analysis.rbac.requests import SERVICE_ACCOUNT_PREFIX, Identity
from assessor.inventory.rbac import Role, RoleBinding, Subject

Key = tuple[str, str]
"""How a subject is looked up: ("user", name) or ("group", name)."""

CLUSTER = ""
"""The namespace of what has none."""


class Directory:
    """The roles and bindings of a cluster; made once, and asked many times."""

    def __init__(self, roles: Iterable[Role], bindings: Iterable[RoleBinding]) -> None:
        """Index them; order does not matter."""
        self.roles: dict[tuple[str, str], Role] = {
            (role.meta.namespace, role.meta.name): role for role in roles
        }
        self.bindings = tuple(sorted(bindings, key=_place))
        self._by_subject: dict[str, dict[Key, list[RoleBinding]]] = defaultdict(dict)
        for binding in self.bindings:
            index = self._by_subject[binding.meta.namespace]
            for key in dict.fromkeys(map(key_of, binding.subjects)):
                if key:
                    index.setdefault(key, []).append(binding)

    def role_of(self, binding: RoleBinding) -> Role | None:
        """The role that a binding grants; None where it dangles."""
        place = binding.role_place
        return self.roles.get(place) if place else None

    def bindings_of(self, identity: Identity, namespace: str) -> Iterator[RoleBinding]:
        """The bindings in one namespace, or of the cluster, that name an identity, each once."""
        index: Mapping[Key, list[RoleBinding]] = self._by_subject.get(namespace, {})
        seen: set[str] = set()
        for key in keys_of(identity):
            for binding in index.get(key, ()):
                if binding.meta.name not in seen:
                    seen.add(binding.meta.name)
                    yield binding


def keys_of(identity: Identity) -> tuple[Key, ...]:
    """How bindings to an identity are looked up, those to its groups included."""
    groups = (("group", group) for group in sorted(identity.groups))
    return (("user", identity.user), *groups) if identity.user else tuple(groups)


def key_of(subject: Subject) -> Key | None:
    """How a subject is looked up; None for a kind that the authorizer does not know.

    A ServiceAccount is the user that its tokens authenticate as.
    """
    match subject.kind:
        case "User":
            return ("user", subject.name)
        case "Group":
            return ("group", subject.name)
        case "ServiceAccount" if subject.namespace:
            return ("user", f"{SERVICE_ACCOUNT_PREFIX}{subject.namespace}:{subject.name}")
        case _:
            return None


def _place(binding: RoleBinding) -> tuple[str, str]:
    return binding.meta.namespace, binding.meta.name
