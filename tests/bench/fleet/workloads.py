"""Manifests of workloads as large as real ones: a pod is about 8 KiB as the API server lists it."""

from tests.bench.fleet.api import Json

OWN_LABELS = ("team", "tier", "version", "release")
SETTINGS = 5
"""Environment variables of each container."""


def namespace(name: str) -> Json:
    """A namespace with the labels that clusters give theirs."""
    labels = {"team": name, "pod-security.kubernetes.io/enforce": "restricted"}
    return _object("v1", "Namespace", name, labels)


def account(name: str) -> Json:
    """A service account whose token nobody gets unasked."""
    return _object("v1", "ServiceAccount", name, {"app": name}) | {
        "automountServiceAccountToken": False
    }


def service(app: str) -> Json:
    """The Service in front of an app; headless, for a control plane has few addresses to give."""
    spec = {
        "clusterIP": "None",
        "selector": {"app": app},
        "ports": [{"name": "http", "port": 80, "targetPort": "http", "protocol": "TCP"}],
    }
    return _object("v1", "Service", app, {"app": app}) | {"spec": spec}


def deployment(app: str, replicas: int) -> Json:
    """The Deployment; no controller acts on it."""
    spec = {
        "replicas": replicas,
        "selector": {"matchLabels": {"app": app}},
        "template": _template(app, "7d9c5b8f4d"),
    }
    return _object("apps/v1", "Deployment", app, {"app": app}) | {"spec": spec}


def replica_set(app: str, replicas: int, deployment_uid: str) -> Json:
    """The Deployment's one ReplicaSet."""
    made = _object("apps/v1", "ReplicaSet", f"{app}-7d9c5b8f4d", {"app": app})
    made["metadata"]["ownerReferences"] = [_owner("apps/v1", "Deployment", app, deployment_uid)]
    made["spec"] = {
        "replicas": replicas,
        "selector": {"matchLabels": {"app": app, "pod-template-hash": "7d9c5b8f4d"}},
        "template": _template(app, "7d9c5b8f4d"),
    }
    return made


def pod(app: str, number: int, replica_set_uid: str) -> Json:
    """One of its pods, on a node that does not exist."""
    template = _template(app, "7d9c5b8f4d")
    owner = _owner("apps/v1", "ReplicaSet", f"{app}-7d9c5b8f4d", replica_set_uid)
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": template["metadata"]
        | {"name": f"{app}-7d9c5b8f4d-{number:05x}", "ownerReferences": [owner]},
        "spec": template["spec"] | {"nodeName": f"node-{number % 100}"},
    }


def _template(app: str, version: str) -> Json:
    return {
        "metadata": {
            "labels": {"app": app, "pod-template-hash": version}
            | {f"example.com/{label}": f"{label}-of-{app}" for label in OWN_LABELS},
            "annotations": {
                "example.com/config-digest": f"sha256:{'0123456789abcdef' * 4}",
                "example.com/scrape": "true",
                "example.com/runbook": f"https://runbooks.example.com/{app}",
            },
        },
        "spec": {
            "serviceAccountName": app,
            "automountServiceAccountToken": False,
            "securityContext": {
                "runAsNonRoot": True,
                "runAsUser": 65532,
                "seccompProfile": {"type": "RuntimeDefault"},
            },
            "initContainers": [_container("migrate", app, 1)],
            "containers": [_container("main", app, SETTINGS), _container("proxy", app, 2)],
            "volumes": [
                {"name": "tmp", "emptyDir": {}},
                {"name": "config", "configMap": {"name": f"{app}-config"}},
            ],
            "tolerations": [{"key": "example.com/pool", "operator": "Exists"}],
            "topologySpreadConstraints": [
                {
                    "maxSkew": 1,
                    "topologyKey": "topology.kubernetes.io/zone",
                    "whenUnsatisfiable": "ScheduleAnyway",
                    "labelSelector": {"matchLabels": {"app": app}},
                }
            ],
        },
    }


def _container(name: str, app: str, settings: int) -> Json:
    made: Json = {
        "name": name,
        "image": f"registry.example.com/{app}/{name}:1.42.7",
        "env": [_setting(app, number) for number in range(settings)],
        "resources": {
            "requests": {"cpu": "100m", "memory": "128Mi"},
            "limits": {"memory": "256Mi"},
        },
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "volumeMounts": [
            {"name": "tmp", "mountPath": "/tmp"},  # noqa: S108 - a container's own
            {"name": "config", "mountPath": "/etc/app", "readOnly": True},
        ],
    }
    if name == "migrate":
        return made
    port = {"name": "http" if name == "main" else "admin", "containerPort": 8080 + len(name)}
    probe = {"httpGet": {"path": "/healthz", "port": port["name"]}, "periodSeconds": 10}
    return made | {"ports": [port], "livenessProbe": probe, "readinessProbe": probe}


def _setting(app: str, number: int) -> Json:
    if number % 4 == 0:
        secret = {"name": f"{app}-credentials", "key": f"key-{number}"}
        return {"name": f"CREDENTIAL_{number}", "valueFrom": {"secretKeyRef": secret}}
    return {"name": f"SETTING_{number}", "value": f"value-{number}-of-{app}"}


def _owner(api_version: str, kind: str, name: str, uid: str) -> Json:
    return {
        "apiVersion": api_version,
        "kind": kind,
        "name": name,
        "uid": uid,
        "controller": True,
        "blockOwnerDeletion": True,
    }


def _object(api_version: str, kind: str, name: str, labels: Json) -> Json:
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": name, "labels": labels}}
