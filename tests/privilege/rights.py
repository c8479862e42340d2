"""The operator's rights one by one, as the manifests grant them, and its roles without one."""

import copy
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from playground import installation
from playground.operator_process import ACCOUNT, NAMESPACE

Json = dict[str, Any]

ROLES = {"Role", "ClusterRole"}
BINDINGS = {"RoleBinding", "ClusterRoleBinding"}


class Right(NamedTuple):
    """One verb on one resource, by one rule of one role; ``name``: on that object alone."""

    role: str
    group: str
    resource: str
    verb: str
    name: str = ""

    @property
    def action(self) -> tuple[str, str, str]:
        """Group, resource and verb, as the audit log tells of a request."""
        return self.group, self.resource, self.verb

    def __str__(self) -> str:
        """As a test is called after it."""
        return f"{self.verb} {self.group or 'core'}/{self.resource}"


def roles(manifests: Iterable[Json]) -> list[Json]:
    """The Roles and ClusterRoles that are bound to the operator's account."""
    known = list(manifests)
    ours = {"kind": "ServiceAccount", "name": ACCOUNT, "namespace": NAMESPACE}
    bound = {
        (each["roleRef"]["kind"], each["roleRef"]["name"])
        for each in known
        if each["kind"] in BINDINGS and ours in each["subjects"]
    }
    return [m for m in known if (m["kind"], m["metadata"]["name"]) in bound]


def rights(granted: Iterable[Json]) -> Iterator[Right]:
    """Every right of the roles, none left out."""
    for role in granted:
        for rule in role["rules"]:
            assert not rule.get("nonResourceURLs"), "a right that these tests know nothing of"
            for group in rule["apiGroups"]:
                for resource in rule["resources"]:
                    for verb in rule["verbs"]:
                        for name in rule.get("resourceNames", [""]):
                            yield Right(role["metadata"]["name"], group, resource, verb, name)


def without(role: Json, dropped: Iterable[Right]) -> Json:
    """The same role less some of its rights, and with all the others."""
    less = set(dropped)
    made = copy.deepcopy(role)
    made["rules"] = [
        {
            "apiGroups": [each.group],
            "resources": [each.resource],
            "verbs": [each.verb],
            **({"resourceNames": [each.name]} if each.name else {}),
        }
        for each in rights([role])
        if each not in less
    ]
    return made


SHIPPED = roles(installation.operator())
"""The roles of the operator itself, without what is optional."""
