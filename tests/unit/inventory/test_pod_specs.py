"""Pod specs as views: what is read, what an absent field means, and what is shared."""

import json
from typing import Any

import pytest

from assessor.inventory.containers import ContainerKind, Mount
from assessor.inventory.decoding import Interner, decode_list
from assessor.inventory.kinds import CORE_KINDS
from assessor.inventory.security import NO_CONTAINER_SECURITY, SELinuxOptions
from assessor.inventory.volumes import ProjectedToken
from assessor.inventory.workloads import Pod, PodSpec

PODS = next(kind for kind in CORE_KINDS if kind.kind == "Pod")


def pods(*specs: dict[str, Any], annotations: dict[str, str] | None = None) -> list[Pod]:
    """The views of pods with these specs."""
    items = [
        {
            "metadata": {
                "name": f"pod-{n}",
                "namespace": "example",
                "uid": str(n),
                "annotations": annotations,
            },
            "spec": spec,
        }
        for n, spec in enumerate(specs)
    ]
    body = json.dumps({"metadata": {"resourceVersion": "1"}, "items": items}).encode()
    page = decode_list(PODS, body, Interner())
    assert not page.malformed
    return [record for record in page.records if isinstance(record, Pod)]


def spec_of(spec: dict[str, Any], **more: Any) -> PodSpec:
    """The view of one spec."""
    return pods(spec, **more)[0].spec


def test_security_contexts_are_read_field_by_field() -> None:
    """Of the pod and of the container, each as it is spelt."""
    view = spec_of(
        {
            "hostPID": True,
            "hostIPC": True,
            "hostUsers": False,
            "os": {"name": "windows"},
            "securityContext": {
                "runAsNonRoot": True,
                "runAsUser": 0,
                "seccompProfile": {"type": "Localhost", "localhostProfile": "p"},
                "sysctls": [{"name": "a.b", "value": "1"}],
                "windowsOptions": {"hostProcess": True, "runAsUserName": "me"},
            },
            "containers": [
                {
                    "name": "c",
                    "securityContext": {
                        "privileged": False,
                        "allowPrivilegeEscalation": True,
                        "readOnlyRootFilesystem": True,
                        "procMount": "Unmasked",
                        "capabilities": {"add": ["CAP_X"], "drop": ["all"]},
                        "appArmorProfile": {"type": "Unconfined"},
                        "seLinuxOptions": {"type": "t", "user": "u", "level": "s0"},
                    },
                }
            ],
        }
    )
    pod, own = view.security, view.containers[0].security
    assert (view.host_pid, view.host_ipc, view.user_namespace, view.windows) == (True,) * 4
    assert (pod.run_as_non_root, pod.run_as_user, pod.seccomp) == (True, 0, "Localhost")
    assert (pod.sysctls, pod.host_process, pod.windows_user) == (("a.b",), True, "me")
    assert (own.privileged, own.allow_privilege_escalation, own.read_only_root) == (
        False,
        True,
        True,
    )
    assert (own.proc_mount, own.add, own.drop) == ("Unmasked", ("CAP_X",), ("all",))
    assert (own.app_armor, own.se_linux) == ("Unconfined", SELinuxOptions("t", "u"))


def test_what_is_absent_is_none_and_costs_nothing() -> None:
    """Absent and empty contexts are the shared empty one."""
    first, second = spec_of({"containers": [{"name": "a"}, {"name": "b"}]}).containers
    assert first.security is second.security is NO_CONTAINER_SECURITY
    assert first.security.privileged is None
    empty = spec_of({"containers": [{"name": "a", "securityContext": {}}]}).containers[0]
    assert empty.security == NO_CONTAINER_SECURITY


def test_equal_specs_are_one_object() -> None:
    """Replicas share their spec, whatever their token volume is called."""
    one, two = (
        {
            "containers": [{"name": "a", "image": "i", "securityContext": {"privileged": True}}],
            "volumes": [
                {
                    "name": f"kube-api-access-{suffix}",
                    "projected": {"sources": [{"serviceAccountToken": {"path": "token"}}]},
                }
            ],
        }
        for suffix in ("x7k2p", "q9w3e")
    )
    first, second = pods(one, two)
    assert first.spec is second.spec
    assert first.spec.volumes == ()


def test_containers_know_their_list_and_place() -> None:
    """A sidecar stands among the init containers."""
    view = spec_of(
        {
            "containers": [{"name": "a"}],
            "initContainers": [{"name": "b"}, {"name": "c", "restartPolicy": "Always"}],
            "ephemeralContainers": [{"name": "d"}, {}],
        }
    )
    assert [(c.name, c.kind, c.kind.list_name, c.index) for c in view.containers] == [
        ("a", ContainerKind.REGULAR, "containers", 0),
        ("b", ContainerKind.INIT, "initContainers", 0),
        ("c", ContainerKind.SIDECAR, "initContainers", 1),
        ("d", ContainerKind.EPHEMERAL, "ephemeralContainers", 0),
        ("#1", ContainerKind.EPHEMERAL, "ephemeralContainers", 1),
    ]


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ({}, "emptyDir"),
        ({"emptyDir": {}}, "emptyDir"),
        ({"awsElasticBlockStore": {"volumeID": "v"}}, "awsElasticBlockStore"),
        ({"downwardAPI": {}}, "downwardAPI"),
        ({"scaleIO": {}}, "scaleIO"),
        ({"persistentVolumeClaim": {"claimName": "c"}}, "persistentVolumeClaim"),
        ({"hostPath": None, "nfs": {"server": "s"}}, "nfs"),
    ],
)
def test_a_volume_s_kind_is_its_source_s_field(source: dict[str, Any], kind: str) -> None:
    """One that names no source is an emptyDir, as the API server defaults it."""
    assert spec_of({"volumes": [{"name": "v"} | source]}).volumes[0].kind == kind


def test_mounts_of_what_comes_from_outside_are_kept() -> None:
    """With their path, and whether they are read-only."""
    view = spec_of(
        {
            "volumes": [
                {"name": "logs", "hostPath": {"path": "/var/log"}},
                {"name": "tmp", "emptyDir": {}},
                {"name": "key", "secret": {"secretName": "key"}},
                {"name": "maybe", "secret": {"secretName": "maybe", "optional": True}},
                {
                    "name": "token",
                    "projected": {
                        "sources": [
                            {"serviceAccountToken": {"path": "t", "expirationSeconds": 7200}},
                            {"secret": {"name": "other"}},
                        ]
                    },
                },
            ],
            "containers": [
                {
                    "name": "a",
                    "volumeMounts": [
                        {"name": "logs", "mountPath": "/logs", "readOnly": True},
                        {"name": "tmp", "mountPath": "/work"},
                        {"name": "key", "mountPath": "/key"},
                    ],
                }
            ],
        }
    )
    mounts = (Mount("logs", "/logs", read_only=True), Mount("key", "/key"))
    assert view.containers[0].mounts == mounts
    assert [volume.secrets for volume in view.volumes] == [(), (), ("key",), (), ("other",)]
    assert view.volumes[4].tokens == (ProjectedToken(seconds=7200),)
    assert view.volumes[0].path == "/var/log"


@pytest.mark.parametrize(
    ("quantity", "limited"),
    [("1", True), ("100m", True), (1, True), (0.5, True), ("0", False), (0, False), ("0m", False)],
)
def test_a_limit_of_zero_is_none(quantity: Any, *, limited: bool) -> None:
    """However it is written, on a container as on the pod."""
    resources = {"limits": {"cpu": quantity}}
    view = spec_of({"resources": resources, "containers": [{"name": "a", "resources": resources}]})
    assert view.containers[0].cpu_limited is view.cpu_limited is limited
    assert not view.containers[0].memory_limited


def test_secrets_of_the_environment_are_named() -> None:
    """Once each, and only those that must be there."""
    env = [
        {"name": "A", "valueFrom": {"secretKeyRef": {"name": "one", "key": "k"}}},
        {"name": "B", "valueFrom": {"secretKeyRef": {"name": "one", "key": "l"}}},
        {"name": "C", "valueFrom": {"secretKeyRef": {"name": "two", "optional": True}}},
        {"name": "D", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}},
    ]
    container = {"name": "a", "env": env, "envFrom": [{"secretRef": {"name": "three"}}]}
    view = spec_of({"containers": [container], "imagePullSecrets": [{"name": "four"}]})
    assert view.containers[0].secrets == ("one", "three")
    assert view.pull_secrets == ("four",)


def test_legacy_annotations_of_app_armor_are_read() -> None:
    """By container; others are not kept."""
    prefix = "container.apparmor.security.beta.kubernetes.io/"
    annotations = {f"{prefix}b": "unconfined", f"{prefix}a": "runtime/default", "x/y": "z"}
    view = spec_of({"containers": [{"name": "a"}]}, annotations=annotations)
    assert view.app_armor_annotations == (("a", "runtime/default"), ("b", "unconfined"))


def test_hosts_of_probes_are_named_by_field() -> None:
    """Each of the five places, by both actions; an empty host is none."""
    target = {"httpGet": {"host": "h"}, "tcpSocket": {"host": "h"}}
    container = {
        "name": "a",
        "livenessProbe": target,
        "readinessProbe": {"httpGet": {"host": ""}},
        "lifecycle": {"preStop": target},
    }
    assert spec_of({"containers": [container]}).containers[0].probe_hosts == (
        "livenessProbe.httpGet.host",
        "livenessProbe.tcpSocket.host",
        "lifecycle.preStop.httpGet.host",
        "lifecycle.preStop.tcpSocket.host",
    )
