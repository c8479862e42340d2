"""Random RBAC: roles, aggregation, bindings and questions, all of them from one seed."""

import random
from typing import Any

from msgspec import Struct

from assessor.analysis.rbac.requests import Request

Json = dict[str, Any]

RBAC = "rbac.authorization.k8s.io"
VERBS = (
    *("get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"),
    *("escalate", "*"),
)
GROUPS = ("", "apps", "batch", RBAC, "example.test", "*")
RESOURCES = (
    "pods",
    "pods/log",
    "pods/exec",
    "pods/*",
    "*/log",
    "*/*",
    "*",
    "deployments",
    "deployments/scale",
    "*/scale",
    "secrets",
    "nodes",
    "namespaces",
    "clusterroles",
)
NAMES = ("one", "two", "*", "one/two")
URLS = ("/metrics", "/healthz", "/healthz/*", "/api/*", "/logs*", "/api", "*", "/a/b")
PATHS = ("/metrics", "/healthz", "/healthz/etcd", "/api", "/api/v1", "/logs", "/logs/x", "/a/b/c")
ACCOUNTS = ("default", "app")
USERS = ("alice", "bob", "system:anonymous", "with space")
TEAMS = ("team-a", "team-b")


class Question(Struct, frozen=True):
    """One SubjectAccessReview: who, with which groups, and what."""

    user: str
    groups: tuple[str, ...]
    request: Request

    def review(self) -> Json:
        """As the API server is asked."""
        asked = self.request
        if asked.path:
            what: Json = {"nonResourceAttributes": {"verb": asked.verb, "path": asked.path}}
        else:
            fields = ("verb", "group", "resource", "subresource", "namespace", "name")
            given = {field: getattr(asked, field) for field in fields if getattr(asked, field)}
            what = {"resourceAttributes": given}
        return {
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SubjectAccessReview",
            "spec": {"user": self.user, "groups": list(self.groups)} | what,
        }


class World:
    """Objects and questions; everything is called after the seed, so that worlds do not mix."""

    def __init__(self, seed: int, halves: float = 0.05) -> None:
        """The same seed makes the same world and the same questions.

        ``halves`` is the share of rules that are one of the two rights of a creation by name.
        """
        self._halves = halves
        self._random = random.Random(seed)  # noqa: S311 - reproducible, not secret
        self.stem = f"w{seed}"
        self.namespaces = [f"{self.stem}-{letter}" for letter in "abc"]
        self.groups = (
            "system:authenticated",
            "system:unauthenticated",
            "system:serviceaccounts",
            *(f"system:serviceaccounts:{namespace}" for namespace in self.namespaces),
            *TEAMS,
        )
        self.cluster_roles = [self._cluster_role(number) for number in range(40)]
        self.roles = [self._role(number) for number in range(30)]
        self.bindings = [self._role_binding(number) for number in range(60)]
        self.cluster_bindings = [self._cluster_binding(number) for number in range(12)]

    def objects(self) -> list[Json]:
        """All of them, in an order in which they can be created."""
        spaces = [
            {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
            for name in self.namespaces
        ]
        aggregated = [each for each in self.cluster_roles if "aggregationRule" in each]
        plain = [each for each in self.cluster_roles if "aggregationRule" not in each]
        return [
            *spaces,
            *plain,
            *aggregated,
            *self.roles,
            *self.bindings,
            *self.cluster_bindings,
        ]

    def questions(self, count: int) -> list[Question]:
        """As many questions; half of them about what some rule speaks of."""
        return [self._question() for _ in range(count)]

    # ── objects ───────────────────────────────────────────────────────────────────────────────

    def _some(self, values: Any, most: int = 3) -> list[Any]:
        return self._random.sample(values, self._random.randint(1, min(most, len(values))))

    def _rule(self, *, urls: bool) -> Json:
        if urls and self._random.random() < 0.3:
            return {"verbs": self._some(VERBS), "nonResourceURLs": self._some(URLS)}
        if self._random.random() < self._halves:
            return self._half()
        rule = {
            "verbs": self._some(VERBS),
            "apiGroups": self._some(GROUPS, 2),
            "resources": self._some(RESOURCES),
        }
        if self._random.random() < 0.3:
            rule["resourceNames"] = self._some(NAMES, 2)
        return rule

    def _half(self) -> Json:
        """One of the two rights by which server-side apply creates an object by its name."""
        return {
            "verbs": [self._random.choice(("create", "patch"))],
            "apiGroups": [""],
            "resources": [self._random.choice(("secrets", "pods"))],
            "resourceNames": self._some(NAMES[:2], 2),
        }

    def _rules(self, *, urls: bool) -> list[Json]:
        return [self._rule(urls=urls) for _ in range(self._random.randint(0, 3))]

    def _cluster_role(self, number: int) -> Json:
        labels = {"world": self.stem} | {
            key: self._random.choice(("x", "y")) for key in self._some(("p", "q"), 2)
        }
        made: Json = {
            "apiVersion": f"{RBAC}/v1",
            "kind": "ClusterRole",
            "metadata": {"name": f"{self.stem}-{number}", "labels": labels},
            "rules": self._rules(urls=True),
        }
        if number % 8 == 0:
            # No label of its own: an aggregated role that selects itself would grow for ever.
            del made["metadata"]["labels"]
            made["aggregationRule"] = {
                "clusterRoleSelectors": [
                    self._selector() for _ in range(self._random.randint(1, 2))
                ]
            }
        return made

    def _selector(self) -> Json:
        key = self._random.choice(("p", "q"))
        mine: Json = {"matchLabels": {"world": self.stem}}
        if self._random.random() < 0.5:
            mine["matchLabels"][key] = self._random.choice(("x", "y"))
        else:
            operator = self._random.choice(("In", "NotIn", "Exists", "DoesNotExist"))
            values = {"values": ["x"]} if operator in ("In", "NotIn") else {}
            mine["matchExpressions"] = [{"key": key, "operator": operator} | values]
        return mine

    def _role(self, number: int) -> Json:
        return {
            "apiVersion": f"{RBAC}/v1",
            "kind": "Role",
            "metadata": {
                "name": f"role-{number}",
                "namespace": self._random.choice(self.namespaces),
            },
            "rules": self._rules(urls=False),
        }

    def _subjects(self, *, cluster: bool) -> list[Json]:
        return [self._subject(cluster=cluster) for _ in range(self._random.randint(0, 3))]

    def _subject(self, *, cluster: bool) -> Json:
        kind = self._random.choice(("ServiceAccount", "User", "Group"))
        if kind == "ServiceAccount":
            made = {"kind": kind, "name": self._random.choice(ACCOUNTS)}
            left_out = not cluster and self._random.random() < 0.3
            return made if left_out else made | {"namespace": self._random.choice(self.namespaces)}
        name = self._user() if kind == "User" else self._random.choice(self.groups)
        return {"kind": kind, "name": name, "apiGroup": RBAC}

    def _user(self) -> str:
        if self._random.random() < 0.4:
            return f"system:serviceaccount:{self._space()}:{self._random.choice(ACCOUNTS)}"
        return self._random.choice(USERS)

    def _space(self) -> str:
        return self._random.choice(self.namespaces)

    def _role_binding(self, number: int) -> Json:
        namespace = self._space()
        kind, name = "ClusterRole", self._random.choice(self.cluster_roles)["metadata"]["name"]
        if self._random.random() < 0.5:
            # Not always of this namespace: such a binding dangles.
            kind, name = "Role", self._random.choice(self.roles)["metadata"]["name"]
        return {
            "apiVersion": f"{RBAC}/v1",
            "kind": "RoleBinding",
            "metadata": {"name": f"binding-{number}", "namespace": namespace},
            "roleRef": {"apiGroup": RBAC, "kind": kind, "name": name},
            "subjects": self._subjects(cluster=False),
        }

    def _cluster_binding(self, number: int) -> Json:
        name = self._random.choice(self.cluster_roles)["metadata"]["name"]
        if number == 0:
            name = f"{self.stem}-nobody"
        return {
            "apiVersion": f"{RBAC}/v1",
            "kind": "ClusterRoleBinding",
            "metadata": {"name": f"{self.stem}-{number}"},
            "roleRef": {"apiGroup": RBAC, "kind": "ClusterRole", "name": name},
            "subjects": self._subjects(cluster=True),
        }

    # ── questions ─────────────────────────────────────────────────────────────────────────────

    def _question(self) -> Question:
        user = self._user()
        groups = tuple(self._some(self.groups)) if self._random.random() < 0.8 else ()
        if self._random.random() < 0.01:
            groups += ("system:masters",)
        return Question(user, groups, self._request())

    def _request(self) -> Request:
        verb = self._random.choice(VERBS[:-1])
        if self._random.random() < 0.15:
            return Request(verb, path=self._random.choice(PATHS))
        resource, _, sub = self._random.choice(RESOURCES).partition("/")
        return Request(
            verb,
            resource,
            self._random.choice(GROUPS[:-1]),
            sub if sub != "*" else "",
            self._random.choice(("", *self.namespaces, *self.namespaces)),
            self._random.choice(("", "", *NAMES)),
        )
