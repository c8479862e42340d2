"""WORKLOAD-08: paths of the node, its container runtime's socket above all."""

from collections.abc import Iterator

from assessor.analysis.sites import Site
from assessor.catalogue.checks import Problem, Subjects, check
from assessor.catalogue.pod_checks import each_pod
from assessor.catalogue.wording import clip, name_some
from assessor.inventory.kinds import WORKLOAD_EVIDENCE
from assessor.inventory.volumes import Volume
from assessor.kernel.severity import Severity

Parts = tuple[str, ...]

SOCKETS: tuple[Parts, ...] = tuple(
    tuple(path.split("/"))
    for path in (
        "run/docker.sock",
        "run/containerd/containerd.sock",
        "run/crio/crio.sock",
        "run/cri-dockerd.sock",
        "run/dockershim.sock",
        "run/podman/podman.sock",
        "run/k3s/containerd/containerd.sock",
        "run/k0s/containerd.sock",
        "pipe/docker_engine",
        "pipe/containerd-containerd",
    )
)
"""Where container runtimes listen; /var/run is /run, and Windows has pipes."""


@check(
    "host-path",
    control="WORKLOAD-08",
    severity=Severity.HIGH,
    over=Subjects.ROOTS,
    needs=WORKLOAD_EVIDENCE,
    remediation="""\
Keep the data in a volume that is the pod's: emptyDir, a PersistentVolumeClaim, a ConfigMap or a CSI
volume. Agents that must see the node belong into a namespace of their own.""",
)
@each_pod
def host_path(site: Site) -> Iterator[Problem]:
    """The pod mounts a path of its node.

    Read-only counts: logs, credentials and configuration of others can be read there, and a
    symbolic link can lead out. Paths to a runtime's socket are runtime-socket's. Source: Pod
    Security Standards, baseline, "HostPath Volumes".
    """
    for index, volume in _host_paths(site):
        if not reaches_socket(volume.path):
            yield _mounted(site, index, volume, "")


@check(
    "runtime-socket",
    control="WORKLOAD-08",
    severity=Severity.CRITICAL,
    over=Subjects.ROOTS,
    needs=WORKLOAD_EVIDENCE,
    remediation="""\
Do not mount it. Build images with a rootless builder, and ask the kubelet or the Kubernetes API for
what is known of containers.""",
)
@each_pod
def runtime_socket(site: Site) -> Iterator[Problem]:
    """The pod mounts its node's container-runtime socket, or a folder that holds it.

    Whoever may talk to the runtime starts privileged containers and so owns the node; mounting it
    read-only does not hinder that. Source: Pod Security Standards, baseline, "HostPath Volumes".
    """
    for index, volume in _host_paths(site):
        if reaches_socket(volume.path):
            yield _mounted(site, index, volume, ", where the container runtime's socket is")


def reaches_socket(path: str) -> bool:
    """Whether a path of the node is a runtime's socket, or a folder above one."""
    parts = _parts(path)
    return any(socket[: len(parts)] == parts for socket in SOCKETS)


def _parts(path: str) -> Parts:
    parts = tuple(part for part in path.replace("\\", "/").split("/") if part not in ("", "."))
    return parts[1:] if parts[:2] == ("var", "run") else parts


def _host_paths(site: Site) -> Iterator[tuple[int, Volume]]:
    for index, volume in enumerate(site.spec.volumes):
        if volume.kind == "hostPath":
            yield index, volume


def _mounted(site: Site, index: int, volume: Volume, more: str) -> Problem:
    users = list(dict.fromkeys(_users(site, volume)))
    mounted = f", mounted by {name_some(users)}" if users else ", mounted by no container"
    return Problem(
        f"volume {clip(volume.name)} is the node's {clip(volume.path)}{more}{mounted}",
        at=site.path(f"volumes[{index}].hostPath"),
        key=volume.path,
    )


def _users(site: Site, volume: Volume) -> Iterator[str]:
    """The containers that mount it."""
    for container in site.spec.containers:
        for mount in container.mounts:
            if mount.volume == volume.name:
                yield f"{clip(container.name)} (read-only)" if mount.read_only else container.name
