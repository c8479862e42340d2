"""Single changes, each of which flips one verdict of one namespace."""

from dataclasses import dataclass

from tests.bench.fleet import rights
from tests.bench.fleet.api import Api, Json
from tests.bench.fleet.filling import NETWORK, RBAC
from tests.bench.fleet.statuses import Seen


@dataclass
class Lever:
    """An object that makes a control pass in one of its two shapes and fail in the other."""

    namespace: str
    control: str
    path: str
    passing: Json
    failing: Json
    passes: bool = True
    pulls: int = 0
    """How often the API server has taken a change of it."""

    @property
    def result(self) -> str:
        """What the control comes to as the object is now."""
        return "Pass" if self.passes else "Fail"

    def shows(self, seen: Seen) -> bool:
        """Whether a status tells of it."""
        return seen.results.get(self.control) == self.result

    async def pull(self, api: Api) -> None:
        """Change the object that `turn` has already turned."""
        await api.merge(self.path, self.passing if self.passes else self.failing)
        self.pulls += 1

    def turn(self) -> None:
        """Wish for the other shape; nothing is sent."""
        self.passes = not self.passes


def policy(namespace: str) -> Lever:
    """The default deny loses and regains ingress, which no other policy denies: NET-01."""
    path = f"{NETWORK}/namespaces/{namespace}/networkpolicies/default-deny"
    passing, failing = ({"spec": {"policyTypes": types}} for types in (rights.BOTH, ["Egress"]))
    return Lever(namespace, "NET-01", path, passing, failing)


def role(namespace: str) -> Lever:
    """A Role in use grants impersonation, and no more: AUTHZ-04."""
    path = f"{RBAC}/namespaces/{namespace}/roles/tool"
    passing, failing = ({"rules": rules} for rules in (rights.CONFIGURES, rights.IMPERSONATES))
    return Lever(namespace, "AUTHZ-04", path, passing, failing)
