"""Accounts with too many rights, in two namespaces, and what they do with them all day."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tests.integration.kube import Json, Kube

RBAC = "rbac.authorization.k8s.io"
ADMISSION = "admissionregistration.k8s.io"
APPLY = "application/apply-patch+yaml"
OK, CREATED, FORBIDDEN, ABSENT, CONFLICT = 200, 201, 403, 404, 409
ACCOUNTS = (
    *("app", "mate", "quiet", "binder", "idle", "actor", "clerk", "policer"),
    *("granter", "patcher", "unseen"),
)
MERGE = "application/merge-patch+json"


def rule(resources: str, verbs: str, group: str = "", names: str = "") -> Json:
    """A rule, from words."""
    made = {"apiGroups": [group], "resources": resources.split(), "verbs": verbs.split()}
    return made | ({"resourceNames": names.split()} if names else {})


def urls(*paths: str) -> Json:
    """A rule about URLs."""
    return {"nonResourceURLs": list(paths), "verbs": ["get"]}


def role(name: str, rules: list[Json], namespace: str = "") -> Json:
    """A Role, or a ClusterRole."""
    kind = "Role" if namespace else "ClusterRole"
    return {"apiVersion": f"{RBAC}/v1", "kind": kind, "metadata": meta(name, namespace)} | {
        "rules": rules
    }


def binding(of: Json, subjects: Iterable[Json], namespace: str = "") -> Json:
    """A binding of a role, of the role's name."""
    name = of["metadata"]["name"]
    return {
        "apiVersion": f"{RBAC}/v1",
        "kind": "RoleBinding" if namespace else "ClusterRoleBinding",
        "metadata": meta(name, namespace),
        "roleRef": {"apiGroup": RBAC, "kind": of["kind"], "name": name},
        "subjects": list(subjects),
    }


def meta(name: str, namespace: str) -> Json:
    """An object's metadata."""
    return {"name": name} | ({"namespace": namespace} if namespace else {})


def user(name: str, kind: str = "User") -> Json:
    """A user or a group, as a subject."""
    return {"kind": kind, "name": name, "apiGroup": RBAC}


def policy(name: str) -> Json:
    """An admission policy that takes Secrets as its parameters, and is bound to nothing."""
    rules = [
        {
            "apiGroups": ["apps"],
            "apiVersions": ["v1"],
            "operations": ["CREATE"],
            "resources": ["deployments"],
        }
    ]
    return {
        "apiVersion": f"{ADMISSION}/v1",
        "kind": "ValidatingAdmissionPolicy",
        "metadata": {"name": name},
        "spec": {
            "paramKind": {"apiVersion": "v1", "kind": "Secret"},
            "matchConstraints": {"resourceRules": rules},
            "validations": [{"expression": "true"}],
        },
    }


@dataclass(frozen=True)
class Step:
    """One request of an account, and what the API server answers: code, and words of it."""

    who: str
    code: int
    path: str
    method: str = "GET"
    body: Json | None = None
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    words: str = ""


class World:
    """Two namespaces, ``a`` and ``b``: the accounts live in the first, one more in the second."""

    def __init__(self, kube: Kube, a: str, b: str) -> None:
        """Make the accounts, and grant them too much."""
        self.kube, self.a, self.b = kube, a, b
        self.jane = f"jane-{a}"
        self.granted = list(self._grants())
        for namespace, names in ((a, ACCOUNTS), (b, ("guest",))):
            for name in names:
                made = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": name}}
                kube.call("POST", f"/api/v1/namespaces/{namespace}/serviceaccounts", made)
        kube.plane.apply(self.granted)
        self._tokens = {
            name: kube.plane.service_account_token(a if name != "guest" else b, name, 600)
            for name in (*ACCOUNTS, "guest")
        }

    @property
    def subjects(self) -> list[str]:
        """All whom the grants name, as the command line spells them."""
        return [
            *(f"sa:{self.a}/{name}" for name in ACCOUNTS),
            f"user:{self.jane}",
            f"group:system:serviceaccounts:{self.b}",
        ]

    def answers(self, step: Step) -> bool:
        """Make a request; whether the API server answers as it should."""
        code, answer = self.kube.plane.request(
            step.method,
            step.path,
            step.body,
            token=self._tokens[step.who],
            content_type=step.content_type,
            headers=step.headers,
        )
        return code == step.code and step.words in str(answer.get("message"))

    def clean(self) -> None:
        """Remove what the work made, so that it can be done again."""
        for path in (
            f"/api/v1/namespaces/{self.a}/configmaps/one",
            f"/api/v1/namespaces/{self.a}/configmaps/two",
            f"/apis/{RBAC}/v1/namespaces/{self.a}/rolebindings/viewers",
            f"/apis/{RBAC}/v1/namespaces/{self.a}/rolebindings/given",
            f"/apis/{RBAC}/v1/namespaces/{self.a}/roles/readers",
            f"/apis/{RBAC}/v1/clusterroles/{self.a}-made",
            f"/apis/{ADMISSION}/v1/validatingadmissionpolicies/{self.a}",
        ):
            self.kube.delete(path)
        self.kube.merge(f"/apis/{RBAC}/v1/namespaces/{self.a}/roles/patched", {"rules": []})

    def account(self, name: str) -> Json:
        """An account of the first namespace, as a subject."""
        return {"kind": "ServiceAccount", "name": name, "namespace": self.a}

    # ── what is granted ───────────────────────────────────────────────────────────────────────

    def _grants(self) -> Iterable[Json]:
        app = [
            rule("configmaps", "get list watch create update patch delete"),
            rule("secrets", "get", names="mine other"),
            rule("*", "*", group="apps"),
            rule("serviceaccounts", "impersonate"),
        ]
        yield from self._local(role("app", app, self.a), [self.account("app")])
        yield from self._wide("services", [rule("services", "get list delete")], "app")
        yield from self._wide("urls", [urls("/metrics", "/healthz/*")], "app")
        shared = [rule("pods", "get list delete"), rule("nodes", "get"), urls("/metrics")]
        group = user(f"system:serviceaccounts:{self.b}", "Group")
        yield from self._wide("shared", shared, "app", "mate", "quiet", others=[group])
        mixed = role(f"{self.a}-mixed", [rule("pods nodes events", "get delete"), urls("/metrics")])
        yield from self._local(mixed, [self.account("mate")])
        yield from self._wide(
            "binder",
            [
                rule("rolebindings", "create delete", RBAC),
                rule("roles", "create escalate", RBAC),
                rule("clusterroles", "bind", RBAC, names="view edit"),
                rule("configmaps", "get list"),
            ],
            *("binder", "idle"),
        )
        yield from self._wide(
            "actor",
            [
                rule("users", "impersonate:user-info", "authentication.k8s.io"),
                rule("configmaps", "impersonate-on:user-info:list impersonate-on:user-info:get"),
            ],
            "actor",
        )
        yield from self._wide("clerk", [rule("users groups", "impersonate")], "clerk")
        yield role(f"{self.a}-given", [rule("secrets", "get list")])
        held = [rule("secrets", "get list watch delete"), rule("configmaps", "get delete")]
        bindings = rule("rolebindings", "create delete", RBAC)
        yield from self._wide("granter", [bindings, *held], "granter")
        yield role("patched", [], self.a)
        yield from self._wide("patcher", [rule("roles", "patch", RBAC), *held], "patcher")
        roles = rule("clusterroles", "create delete", RBAC)
        yield from self._wide("unseen", [roles, rule("secrets", "get list")], "unseen")
        policies = rule("validatingadmissionpolicies", "create delete", ADMISSION)
        yield from self._wide("policer", [policies, rule("secrets", "get list")], "policer")
        jane = role("jane", [rule("configmaps", "list delete")], self.a)
        yield from self._local(jane, [user(self.jane)])

    def _local(self, granted: Json, subjects: list[Json]) -> Iterable[Json]:
        return granted, binding(granted, subjects, self.a)

    def _wide(
        self, name: str, rules: list[Json], *accounts: str, others: Iterable[Json] = ()
    ) -> Iterable[Json]:
        granted = role(f"{self.a}-{name}", rules)
        return granted, binding(granted, [*map(self.account, accounts), *others])

    # ── what is done ──────────────────────────────────────────────────────────────────────────

    def work(self) -> list[Step]:
        """The day's requests, in order."""
        a, b = (f"/api/v1/namespaces/{namespace}" for namespace in (self.a, self.b))
        bound = f"/apis/{RBAC}/v1/namespaces/{self.a}"
        one = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "one"}}
        two = one | {"metadata": {"name": "two"}}
        viewers = binding(
            {"kind": "ClusterRole", "metadata": {"name": "view"}}, [user("viewer")], self.a
        ) | {"metadata": {"name": "viewers"}}
        given = binding(
            {"kind": "ClusterRole", "metadata": {"name": f"{self.a}-given"}}, [user("x")], self.a
        ) | {"metadata": {"name": "given"}}
        readers = role("readers", [rule("secrets", "get")], self.a)
        watchers = {"rules": [rule("secrets", "watch")]}
        made = role(f"{self.a}-made", [rule("secrets", "get")])
        as_jane = {"Impersonate-User": self.jane}
        return [
            Step("app", CREATED, f"{a}/configmaps", "POST", one),
            Step("app", CONFLICT, f"{a}/configmaps", "POST", one),
            Step("app", ABSENT, f"{a}/configmaps/none"),
            Step("app", CREATED, f"{a}/configmaps/two?fieldManager=app", "PATCH", two, APPLY),
            Step("app", ABSENT, f"{a}/secrets/mine"),
            Step("app", OK, f"{a}/services"),
            Step("app", OK, f"/apis/apps/v1/namespaces/{self.a}/deployments"),
            Step("app", OK, "/metrics"),
            Step("app", OK, f"{a}/pods"),
            Step("mate", ABSENT, f"{a}/pods/none"),
            Step("mate", ABSENT, f"{b}/pods/none"),
            Step("mate", ABSENT, f"{a}/events/none"),
            Step("guest", OK, f"{b}/pods"),
            Step("binder", CREATED, f"{bound}/rolebindings", "POST", viewers),
            Step("binder", CREATED, f"{bound}/roles", "POST", readers),
            Step("granter", CREATED, f"{bound}/rolebindings", "POST", given),
            Step("patcher", OK, f"{bound}/roles/patched", "PATCH", watchers, MERGE),
            Step("unseen", CREATED, f"/apis/{RBAC}/v1/clusterroles", "POST", made),
            Step(
                *("policer", CREATED, f"/apis/{ADMISSION}/v1/validatingadmissionpolicies", "POST"),
                policy(self.a),
            ),
            Step("binder", OK, f"{a}/configmaps"),
            Step("idle", OK, f"{a}/configmaps"),
            Step("actor", OK, f"{a}/configmaps", headers=as_jane),
            Step(
                "clerk",
                FORBIDDEN,
                f"{a}/secrets",
                headers=as_jane,
                words=f'User "{self.jane}" cannot',
            ),
            Step("app", FORBIDDEN, f"{a}/persistentvolumeclaims"),
        ]
