"""Fills the API server: what teams own, made by one request an object."""

from collections.abc import Iterator

import msgspec

from playground import installation
from tests.bench.fleet import rights, workloads
from tests.bench.fleet.api import Api, Json, pooled
from tests.bench.fleet.sizes import Crowd, Size

NAMESPACES_AT_ONCE = 24
PODS_AT_ONCE = 24
APPS = ("web", "api")
CROWD = "crowd"
CROWD_APPS = 20
"""Deployments in it."""

CLUSTER_BINDING_EVERY = 50
"""Of so many namespaces one has an account with rights everywhere."""

RBAC = "/apis/rbac.authorization.k8s.io/v1"
NETWORK = "/apis/networking.k8s.io/v1"
ASSESSMENTS = "/apis/kube-assessor.dev/v1alpha1/namespaces/{}/securityassessments"


def name_of(number: int) -> str:
    """The namespace with this number."""
    return f"team-{number:05}"


async def common(api: Api) -> None:
    """What all namespaces share: the cluster's DNS, which policies select, and ClusterRoles."""
    for pod in installation.surroundings():
        await api.create(f"/api/v1/namespaces/{pod['metadata']['namespace']}/pods", pod)
    for name, rules in ((rights.TEAM_ROLE, rights.HARMLESS), ("fleet-look", rights.HARMLESS)):
        await api.create(f"{RBAC}/clusterroles", rights.role(name, rules, "ClusterRole"))


async def grow(api: Api, size: Size, begin: int, end: int) -> None:
    """Make the namespaces with these numbers, each with all that is in it."""
    await pooled(NAMESPACES_AT_ONCE, (_fill(api, number, size) for number in range(begin, end)))


async def crowd(api: Api, size: Crowd) -> None:
    """Make the crowded namespace."""
    await _found(api, CROWD, tuple(f"app-{number}" for number in range(CROWD_APPS)))
    for number in range(CROWD_APPS):
        replicas = len(range(number, size.pods, CROWD_APPS))
        await _run(api, CROWD, f"app-{number}", replicas, PODS_AT_ONCE)
    path = f"{RBAC}/namespaces/{CROWD}"
    await api.create(f"{path}/roles", rights.role("reader", rights.READS_SECRETS))
    await pooled(PODS_AT_ONCE, (_bind_person(api, path, number) for number in range(size.bindings)))


async def assess_anew(api: Api, namespaces: list[str]) -> None:
    """Give each of them a SecurityAssessment without a status, whatever it had."""
    await pooled(NAMESPACES_AT_ONCE, (_assess(api, namespace) for namespace in namespaces))


async def _assess(api: Api, namespace: str) -> None:
    collection = ASSESSMENTS.format(namespace)
    await api.send("DELETE", f"{collection}/baseline", absent=True)
    manifest = {
        "apiVersion": "kube-assessor.dev/v1alpha1",
        "kind": "SecurityAssessment",
        "metadata": {"name": "baseline"},
        "spec": {"profile": "restricted", "reporting": {"maxFindings": 200}},
    }
    await api.create(collection, manifest)


async def _fill(api: Api, number: int, size: Size) -> None:
    namespace = name_of(number)
    await _found(api, namespace, APPS)
    for part, app in enumerate(APPS):
        await _run(api, namespace, app, len(range(part, size.pods_each, len(APPS))), 1)
    for collection, manifest in _rights(namespace):
        await api.create(f"{RBAC}/namespaces/{namespace}/{collection}", manifest)
    if number % CLUSTER_BINDING_EVERY == 0:
        subject = rights.service_account(namespace, "api")
        bound = rights.binding(namespace, ("ClusterRole", "fleet-look"), subject)
        await api.create(f"{RBAC}/clusterrolebindings", bound | {"kind": "ClusterRoleBinding"})


async def _found(api: Api, namespace: str, apps: tuple[str, ...]) -> None:
    """A namespace with its accounts and policies."""
    await api.create("/api/v1/namespaces", workloads.namespace(namespace))
    for app in ("default", *apps):
        path = f"/api/v1/namespaces/{namespace}/serviceaccounts"
        await api.create(path, workloads.account(app))
    callers = (rights.allow_callers(apps[1], apps[0]),)
    for policy in (rights.default_deny(rights.BOTH), rights.allow_dns(), *callers):
        await api.create(f"{NETWORK}/namespaces/{namespace}/networkpolicies", policy)


async def _run(api: Api, namespace: str, app: str, replicas: int, at_once: int) -> None:
    """A Service, a Deployment, its ReplicaSet and the pods of that."""
    core, apps = f"/api/v1/namespaces/{namespace}", f"/apis/apps/v1/namespaces/{namespace}"
    await api.create(f"{core}/services", workloads.service(app))
    made = await api.create(f"{apps}/deployments", workloads.deployment(app, replicas))
    owner = workloads.replica_set(app, replicas, made["metadata"]["uid"])
    uid = (await api.create(f"{apps}/replicasets", owner))["metadata"]["uid"]
    pods = (workloads.pod(app, number, uid) for number in range(replicas))
    await pooled(at_once, (_create_pod(api, f"{core}/pods", pod) for pod in pods))


async def _create_pod(api: Api, path: str, pod: Json) -> None:
    """As `create`, and nothing decoded: there are very many."""
    await api.send("POST", path, msgspec.json.encode(pod))


async def _bind_person(api: Api, path: str, number: int) -> None:
    subject = rights.team(f"people-{number}")
    name = f"reader-{number:05}"
    await api.create(f"{path}/rolebindings", rights.binding(name, ("Role", "reader"), subject))


def _rights(namespace: str) -> Iterator[tuple[str, Json]]:
    """Three Roles and `sizes.BINDINGS_EACH` RoleBindings."""
    web, api = (rights.service_account(namespace, app) for app in APPS)
    monitor = rights.service_account(rights.MONITORING, "web")
    yield "roles", rights.role("configure", rights.CONFIGURES)
    yield "roles", rights.role("deploy", rights.DEPLOYS)
    yield "roles", rights.role("tool", rights.CONFIGURES)
    team = ("ClusterRole", rights.TEAM_ROLE)
    yield "rolebindings", rights.binding(rights.TEAM_BINDING, team, rights.team(namespace))
    yield "rolebindings", rights.binding("look", ("ClusterRole", "fleet-look"), monitor)
    yield "rolebindings", rights.binding("configure", ("Role", "configure"), web)
    yield "rolebindings", rights.binding("deploy", ("Role", "deploy"), api)
    yield "rolebindings", rights.binding("tool", ("Role", "tool"), web)
