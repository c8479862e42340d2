"""The operator's manifests, each time with one thing done carelessly, and what is said of it."""

import copy
from collections.abc import Callable
from typing import NamedTuple

from tests.integration.kube import Json

Change = Callable[[list[Json]], None]


class Carelessness(NamedTuple):
    """A change of the manifests, and all the checks that find something then."""

    name: str
    change: Change
    found: frozenset[str]

    def __str__(self) -> str:
        """As a test is called after it."""
        return self.name

    def applied_to(self, manifests: list[Json]) -> list[Json]:
        """The manifests with it; those that were given stay as they are."""
        made = copy.deepcopy(manifests)
        self.change(made)
        assert made != manifests, f"{self.name} changes nothing"
        return made


def replaceable(manifests: list[Json]) -> list[Json]:
    """The same, whose pods give way at once: no node makes new ones ready here."""
    made = copy.deepcopy(manifests)
    the(made, "Deployment")["spec"]["strategy"] = {"type": "Recreate"}
    return made


def the(manifests: list[Json], kind: str, name: str = "kube-assessor") -> Json:
    """One of the manifests."""
    (found,) = (m for m in manifests if m["kind"] == kind and m["metadata"]["name"] == name)
    return found


def pod(manifests: list[Json]) -> Json:
    """The spec of the operator's pods."""
    spec: Json = the(manifests, "Deployment")["spec"]["template"]["spec"]
    return spec


def in_pod(*path: str, **values: object) -> Change:
    """Set fields below a path of the pods' spec; None takes one away."""
    return lambda manifests: _put(_at(pod(manifests), path), values)


def in_container(*path: str, **values: object) -> Change:
    """The same below their one container."""
    return lambda manifests: _put(_at(pod(manifests)["containers"][0], path), values)


def both(*changes: Change) -> Change:
    """One after the other."""

    def change(manifests: list[Json]) -> None:
        for each in changes:
            each(manifests)

    return change


def granted(**rule: object) -> Change:
    """One more rule in the operator's ClusterRole."""
    return lambda manifests: the(manifests, "ClusterRole")["rules"].append(rule)


def added(kind: str, name: str, api_version: str = "v1", **rest: object) -> Change:
    """One more object in the operator's namespace."""
    meta = {"name": name, "namespace": "kube-assessor-system"}
    made = {"apiVersion": api_version, "kind": kind, "metadata": meta, **rest}
    return lambda manifests: manifests.append(copy.deepcopy(made))


def dropped(kind: str, *names: str) -> Change:
    """Some objects less."""

    def change(manifests: list[Json]) -> None:
        for name in names:
            manifests.remove(the(manifests, kind, name))

    return change


def policy(**spec: object) -> Change:
    """Fields of the operator's own NetworkPolicy."""
    return lambda manifests: _put(the(manifests, "NetworkPolicy")["spec"], spec)


def second_workload(manifests: list[Json]) -> None:
    """Another Deployment with the same account."""
    made = copy.deepcopy(the(manifests, "Deployment"))
    made["metadata"]["name"] = "another"
    manifests.append(made)


def _at(place: Json, path: tuple[str, ...]) -> Json:
    for name in path:
        place = place[name]
    return place


def _put(place: Json, values: dict[str, object]) -> None:
    for name, value in values.items():
        if value is None:
            del place[name]
        else:
            place[name] = value


def _volume(name: str, **source: object) -> Change:
    return in_pod(volumes=[{"name": name, **source}])


def _careless(name: str, change: Change, *found: str) -> Carelessness:
    return Carelessness(name, change, frozenset(found))


EVERYBODY = [{"ipBlock": {"cidr": "0.0.0.0/0"}}, {"ipBlock": {"cidr": "::/0"}}]
LONG = {"serviceAccountToken": {"path": "token", "expirationSeconds": 604_800}}
SECRET = "hV7#kq2Lz9pX4mTf"  # noqa: S105 - is to be found

CARELESS = (
    _careless(
        "seccomp dropped", in_pod("securityContext", seccompProfile=None), "no-seccomp-profile"
    ),
    _careless(
        "seccomp unconfined",
        in_pod("securityContext", seccompProfile={"type": "Unconfined"}),
        "seccomp-unconfined",
    ),
    _careless(
        "writable root",
        in_container("securityContext", readOnlyRootFilesystem=False),
        "writable-root-filesystem",
    ),
    _careless(
        "capabilities kept", in_container("securityContext", capabilities=None), "capabilities-kept"
    ),
    _careless(
        "escalation allowed",
        in_container("securityContext", allowPrivilegeEscalation=None),
        "privilege-escalation-allowed",
    ),
    _careless(
        "privileged",
        in_container("securityContext", privileged=True, allowPrivilegeEscalation=True),
        "privileged-container",
        "privilege-escalation-allowed",
    ),
    _careless(
        "as root",
        both(
            in_pod("securityContext", runAsNonRoot=None, runAsUser=0),
            in_container("securityContext", runAsNonRoot=None),
        ),
        "root-user",
    ),
    _careless(
        "the node's network", in_pod(hostNetwork=True), "host-network", "policy-selects-nothing"
    ),
    _careless("the node's processes", in_pod(hostPID=True), "host-pid"),
    _careless(
        "an unsafe sysctl",
        in_pod("securityContext", sysctls=[{"name": "kernel.msgmax", "value": "65536"}]),
        "unsafe-sysctl",
    ),
    _careless("the node's files", _volume("host", hostPath={"path": "/"}), "runtime-socket"),
    _careless(
        "no limits",
        in_container("resources", limits=None),
        "no-cpu-limit",
        "no-memory-limit",
    ),
    _careless("the latest image", in_container(image="kube-assessor:latest"), "latest-image"),
    _careless(
        "a credential in the environment",
        in_container(env=[{"name": "DB_PASSWORD", "value": SECRET}]),
        "credential-in-environment",
    ),
    _careless(
        "a credential in a ConfigMap",
        added("ConfigMap", "settings", data={"password": SECRET}),
        "credential-in-config-map",
    ),
    _careless(
        "a Secret that nobody makes",
        _volume("secret", secret={"secretName": "made-by-nobody"}),
        "secret-without-maker",
    ),
    _careless(
        "a token for a week",
        _volume("token", projected={"sources": [LONG]}),
        "long-lived-token",
        "token-without-audience",
    ),
    _careless(
        "the default account's token",
        in_pod(serviceAccountName="default"),
        "default-service-account-used",
        "token-without-rights",
    ),
    _careless("an account for two", second_workload, "shared-service-account"),
    _careless(
        "an account that tells nothing",
        added("ServiceAccount", "user1", automountServiceAccountToken=False),
        "nondescript-service-account",
    ),
    _careless(
        "every right",
        granted(apiGroups=["*"], resources=["*"], verbs=["*"]),
        "all-powers",
        "impersonate",
    ),
    _careless(
        "every verb",
        granted(apiGroups=["apps"], resources=["deployments"], verbs=["*"]),
        "wildcard-verb",
    ),
    _careless(
        "Secrets", granted(apiGroups=[""], resources=["secrets"], verbs=["list"]), "read-secrets"
    ),
    _careless(
        "impersonation",
        granted(apiGroups=[""], resources=["users"], verbs=["impersonate"]),
        "impersonate",
    ),
    _careless(
        "no NetworkPolicy",
        dropped("NetworkPolicy", "default-deny", "kube-assessor"),
        "no-network-policy",
    ),
    _careless(
        "no default deny",
        dropped("NetworkPolicy", "default-deny"),
        "no-default-deny-ingress",
        "no-default-deny-egress",
    ),
    _careless(
        "everybody let in",
        policy(ingress=[{"from": EVERYBODY, "ports": [{"port": 8080}]}]),
        "allows-every-source",
    ),
    _careless(
        "out to everybody",
        policy(egress=[{"to": EVERYBODY, "ports": [{"port": 443}]}]),
        "allows-every-destination",
        "dns-blocked",
    ),
)
"""At least one for each control that can fail in a cluster."""
