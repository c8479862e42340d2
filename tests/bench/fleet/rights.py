"""Manifests of roles and bindings, and of the policies around a namespace's pods."""

from tests.bench.fleet.api import Json

TEAM_ROLE = "fleet-team"
"""The ClusterRole that a RoleBinding of every namespace refers to: what it grants concerns all."""

TEAM_BINDING = "team"
MONITORING = "team-00000"
"""Where the accounts live that may look into every namespace."""

LOOK = ["get", "list", "watch"]
HARMLESS: list[Json] = [{"apiGroups": [""], "resources": ["pods", "services"], "verbs": LOOK}]
READS_SECRETS: list[Json] = [
    *HARMLESS,
    {"apiGroups": [""], "resources": ["secrets"], "verbs": ["list"]},
]
CONFIGURES: list[Json] = [
    {"apiGroups": [""], "resources": ["configmaps"], "verbs": [*LOOK, "update"]}
]
IMPERSONATES: list[Json] = [
    {"apiGroups": [""], "resources": ["serviceaccounts"], "verbs": ["impersonate"]}
]
DEPLOYS: list[Json] = [
    {"apiGroups": ["apps"], "resources": ["deployments"], "verbs": [*LOOK, "create", "patch"]},
    {"apiGroups": [""], "resources": ["pods/exec"], "verbs": ["create"]},
]
BOTH = ["Ingress", "Egress"]


def role(name: str, rules: list[Json], kind: str = "Role") -> Json:
    """A Role or a ClusterRole."""
    return _object("rbac.authorization.k8s.io/v1", kind, name) | {"rules": rules}


def binding(name: str, role_ref: tuple[str, str], subject: Json, kind: str = "RoleBinding") -> Json:
    """A binding of one subject; ``role_ref`` is kind and name."""
    group = "rbac.authorization.k8s.io"
    reference = {"apiGroup": group, "kind": role_ref[0], "name": role_ref[1]}
    made = _object(f"{group}/v1", kind, name)
    return made | {"roleRef": reference, "subjects": [subject]}


def team(name: str) -> Json:
    """A group of people as a subject."""
    return {"kind": "Group", "name": name, "apiGroup": "rbac.authorization.k8s.io"}


def service_account(namespace: str, name: str) -> Json:
    """A service account as a subject."""
    return {"kind": "ServiceAccount", "name": name, "namespace": namespace}


def default_deny(types: list[str]) -> Json:
    """The policy that isolates every pod."""
    return _policy("default-deny", {"podSelector": {}, "policyTypes": types})


def allow_dns() -> Json:
    """The policy that lets every pod ask for names."""
    to = {
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}},
        "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}},
    }
    ports = [{"protocol": protocol, "port": 53} for protocol in ("UDP", "TCP")]
    egress = [{"to": [to], "ports": ports}]
    return _policy("allow-dns", {"podSelector": {}, "policyTypes": ["Egress"], "egress": egress})


def allow_callers(app: str, caller: str) -> Json:
    """The policy that lets one app call another."""
    allowed = {"podSelector": {"matchLabels": {"app": caller}}}
    ingress = [{"from": [allowed], "ports": [{"protocol": "TCP", "port": 8084}]}]
    selector = {"matchLabels": {"app": app}}
    return _policy(
        f"{caller}-to-{app}",
        {"podSelector": selector, "policyTypes": ["Ingress"], "ingress": ingress},
    )


def _policy(name: str, spec: Json) -> Json:
    return _object("networking.k8s.io/v1", "NetworkPolicy", name) | {"spec": spec}


def _object(api_version: str, kind: str, name: str) -> Json:
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": name}}
