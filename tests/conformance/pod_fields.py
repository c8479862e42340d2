"""What random pods choose from: fields of the Pod Security Standards with values on every side."""

from typing import Any

PROFILES = [
    {"type": "RuntimeDefault"},
    {"type": "Localhost", "localhostProfile": "strict"},
    {"type": "Unconfined"},
]
SE_LINUX = [
    {},
    {"type": "container_t"},
    {"type": "container_engine_t"},
    {"type": "spc_t"},
    {"level": "s0:c1,c2"},
    {"user": "system_u"},
    {"role": "system_r", "type": "container_init_t"},
]
CAPABILITIES = [
    {"drop": ["ALL"]},
    {"drop": ["ALL", "NET_RAW"]},
    {"drop": ["all"]},
    {"drop": ["CHOWN"]},
    {"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]},
    {"drop": ["ALL"], "add": ["NET_BIND_SERVICE", "CHOWN"]},
    {"drop": ["ALL"], "add": ["CAP_NET_BIND_SERVICE"]},
    {"drop": ["ALL"], "add": ["chown"]},
    {"drop": ["ALL"], "add": ["NET_RAW"]},
    {"add": ["SYS_ADMIN"]},
    {"add": ["ALL"]},
    {"add": ["SETUID", "SETGID", "MKNOD"]},
    {},
]
BOTH: dict[str, list[Any]] = {
    "runAsNonRoot": [True, False],
    "runAsUser": [0, 1, 1000],
    "seccompProfile": PROFILES,
    "appArmorProfile": PROFILES,
    "seLinuxOptions": SE_LINUX,
}
"""Fields that pods and containers have."""

POD = BOTH | {"runAsGroup": [0, 1000], "fsGroup": [0, 1000]}
CONTAINER = BOTH | {
    "privileged": [True, False],
    "allowPrivilegeEscalation": [True, False],
    "readOnlyRootFilesystem": [True, False],
    "procMount": ["Default", "Unmasked"],
    "capabilities": CAPABILITIES,
}
CONTAINER_LEVEL = sorted(BOTH.items())
HOSTS: dict[str, list[Any]] = {
    "hostPID": [True, False],
    "hostIPC": [True, False],
    "hostNetwork": [True, False],
    "hostUsers": [True, False, False],
}
ANNOTATIONS = ["runtime/default", "localhost/strict", "unconfined", ""]
HANDLERS = [
    ("livenessProbe", ""),
    ("readinessProbe", ""),
    ("startupProbe", ""),
    ("lifecycle", "postStart"),
    ("lifecycle", "preStop"),
]
WINDOWS_OPTIONS = [
    {"runAsUserName": "ContainerUser"},
    {"runAsUserName": "ContainerAdministrator"},
    {"hostProcess": False},
    {},
]
SYSCTLS = [
    "kernel.shm_rmid_forced",
    "kernel.msgmax",
    "kernel.sem",
    "fs.mqueue.msg_max",
    "net.core.somaxconn",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.ip_local_reserved_ports",
    "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.tcp_syncookies",
    "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_rmem",
    "net.ipv4.tcp_notsent_lowat",
    "net.ipv4.tcp_slow_start_after_idle",
    "net/ipv4/tcp_syncookies",
]
VOLUMES: dict[str, Any] = {
    "": None,
    "awsElasticBlockStore": {"volumeID": "v"},
    "azureDisk": {
        "diskName": "d",
        "diskURI": "https://d.blob.example.com/vhds/d.vhd",
        "kind": "Dedicated",
    },
    "azureFile": {"secretName": "s", "shareName": "s"},
    "cephfs": {"monitors": ["10.0.0.1:6789"]},
    "cinder": {"volumeID": "v"},
    "configMap": {"name": "c"},
    "csi": {"driver": "csi.example.com"},
    "downwardAPI": {"items": [{"path": "n", "fieldRef": {"fieldPath": "metadata.name"}}]},
    "emptyDir": {"medium": "Memory"},
    "ephemeral": {
        "volumeClaimTemplate": {
            "spec": {
                "accessModes": ["ReadWriteOnce"],
                "resources": {"requests": {"storage": "1Gi"}},
            }
        }
    },
    "fc": {"targetWWNs": ["50060e801049cfd1"], "lun": 0},
    "flexVolume": {"driver": "example.com/d"},
    "flocker": {"datasetName": "d"},
    "gcePersistentDisk": {"pdName": "d"},
    "gitRepo": {"repository": "https://git.example.com/r.git"},
    "glusterfs": {"endpoints": "e", "path": "p"},
    "hostPath": {"path": "/var/log"},
    "image": {"reference": "registry.example.com/data:1"},
    "iscsi": {"targetPortal": "10.0.0.1:3260", "iqn": "iqn.2001-04.com.example:disk", "lun": 0},
    "nfs": {"server": "nfs.example.com", "path": "/e"},
    "persistentVolumeClaim": {"claimName": "c"},
    "photonPersistentDisk": {"pdID": "d"},
    "portworxVolume": {"volumeID": "v"},
    "projected": {"sources": [{"serviceAccountToken": {"path": "t", "expirationSeconds": 3600}}]},
    "quobyte": {"registry": "r.example.com:7861", "volume": "v"},
    "rbd": {"monitors": ["10.0.0.1:6789"], "image": "i"},
    "scaleIO": {
        "gateway": "https://g.example.com",
        "system": "s",
        "secretRef": {"name": "s"},
        "volumeName": "v",
    },
    "secret": {"secretName": "s"},
    "storageos": {"volumeName": "v"},
    "vsphereVolume": {"volumePath": "p"},
}
"""Each source of the API; none at all becomes an emptyDir."""
