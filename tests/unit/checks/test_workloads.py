"""Workload checks beyond their examples: who is judged, where it stands, and how bad it is."""

import pytest
from msgspec.structs import replace

from assessor.catalogue.checks import Problem
from assessor.checks.loading import load
from assessor.checks.workloads.host_paths import reaches_socket
from assessor.inventory.containers import Container, ContainerKind, ContainerPort, Mount
from assessor.inventory.security import ContainerSecurity, PodSecurity, SELinuxOptions
from assessor.inventory.snapshot import Snapshot
from assessor.inventory.volumes import Volume
from assessor.inventory.workloads import PodSpec, Workload
from assessor.kernel.severity import Severity
from tests.controls.manifests import problems_of
from tests.unit.views import deployment, meta, owned_by, pod, snapshot

CHECKS = {check.id: check for check in load()}
PRIVILEGED = ContainerSecurity(privileged=True)


def found(check: str, made: Snapshot) -> list[Problem]:
    """What one check finds."""
    return problems_of(CHECKS[check], made)


def of(spec: PodSpec) -> Snapshot:
    """A Deployment of such pods."""
    return snapshot(workloads=(deployment("app", spec),))


def container(name: str = "main", **fields: object) -> Container:
    """A container; fields of its security context are told by their names."""
    own = {field for field in fields if field in ContainerSecurity.__struct_fields__}
    context = ContainerSecurity(**{field: fields[field] for field in own})
    rest = {field: value for field, value in fields.items() if field not in own}
    return Container(name, security=context, **rest)


def severities(check: str, spec: PodSpec) -> list[Severity]:
    """How bad the problems are."""
    default = CHECKS[check].severity
    return [default if p.severity is None else p.severity for p in found(check, of(spec))]


# ── who is judged ─────────────────────────────────────────────────────────────────────────────


def test_each_kind_of_container_is_judged_and_named() -> None:
    """With its place in its own list."""
    kinds = (
        (ContainerKind.REGULAR, 0),
        (ContainerKind.INIT, 0),
        (ContainerKind.SIDECAR, 1),
        (ContainerKind.EPHEMERAL, 0),
    )
    spec = PodSpec(
        tuple(
            Container(f"c{n}", kind, index=index, security=PRIVILEGED)
            for n, (kind, index) in enumerate(kinds)
        )
    )
    problems = found("privileged-container", snapshot(pods=(pod("bare", spec),)))
    assert [(p.message, p.at) for p in problems] == [
        (f"{called} c{n}: privileged is true", f"spec.{place}.securityContext.privileged")
        for n, (called, place) in enumerate(
            (
                ("container", "containers[0]"),
                ("init container", "initContainers[0]"),
                ("sidecar", "initContainers[1]"),
                ("ephemeral container", "ephemeralContainers[0]"),
            )
        )
    ]
    assert [bool(p.patch) for p in problems] == [True, True, True, False]


@pytest.mark.parametrize(
    ("group", "kind", "path"),
    [
        ("apps", "StatefulSet", "spec.template.spec"),
        ("batch", "Job", "spec.template.spec"),
        ("batch", "CronJob", "spec.jobTemplate.spec.template.spec"),
        ("", "ReplicationController", "spec.template.spec"),
    ],
)
def test_paths_lead_into_the_template(group: str, kind: str, path: str) -> None:
    """Wherever a controller keeps it."""
    spec = PodSpec((Container("a", security=PRIVILEGED),), host_pid=True)
    made = snapshot(workloads=(Workload(group, kind, meta("app"), {}, spec),))
    (problem,) = found("privileged-container", made)
    assert problem.at == f"{path}.containers[0].securityContext.privileged"
    assert found("host-pid", made)[0].at == f"{path}.hostPID"


def test_replicas_add_nothing_to_their_template() -> None:
    """One finding for the root and container, however many pods run."""
    spec = PodSpec((Container("a", security=PRIVILEGED),))
    pods = tuple(pod(f"app-{n}", spec, owned_by("Deployment", "app")) for n in range(3))
    made = snapshot(workloads=(deployment("app", spec),), pods=pods)
    assert len(found("privileged-container", made)) == 1


def test_a_pod_that_differs_is_told_for_the_difference_alone() -> None:
    """An injected container is, what the template shows is not; under the root, without patch."""
    shown = Container("a", security=PRIVILEGED)
    injected = Container("proxy", security=PRIVILEGED)
    template, live = PodSpec((shown,)), PodSpec((shown, injected), automount=False)
    pods = tuple(pod(f"app-{n}", live, owned_by("Deployment", "app")) for n in range(2))
    made = snapshot(workloads=(deployment("app", template),), pods=pods)
    first, second = found("privileged-container", made)
    assert first.container == "a"
    assert (second.container, second.on, second.patch) == ("proxy", None, ())
    assert second.message.endswith("(in pod app-0, not in its template)")
    assert second.at == "spec.containers[0].securityContext.privileged"


def test_finished_pods_are_not_judged() -> None:
    """Whatever they did, they do it no more."""
    spec = PodSpec((Container("a", security=PRIVILEGED),))
    ended = replace(pod("old", spec), phase="Succeeded")
    assert found("privileged-container", snapshot(pods=(ended,))) == []


# ── what holds ────────────────────────────────────────────────────────────────────────────────


def test_the_container_beats_the_pod_for_what_runs() -> None:
    """The pod's value that nobody inherits is a note of its own."""
    overriding = container(run_as_non_root=True, seccomp="RuntimeDefault", app_armor="Localhost")
    spec = PodSpec(
        (overriding,),
        security=PodSecurity(run_as_non_root=False, seccomp="Unconfined", app_armor="Unconfined"),
    )
    assert found("root-allowed", of(spec)) == found("seccomp-unconfined", of(spec)) == []
    assert found("apparmor-unconfined", of(spec)) == []
    assert severities("overridden-root", spec) == [Severity.INFO]
    assert severities("overridden-profile", spec) == [Severity.INFO] * 2
    inherited = replace(spec, containers=(overriding, container("other")))
    assert found("overridden-root", of(inherited)) == []
    assert found("overridden-profile", of(inherited)) == []
    assert [p.container for p in found("seccomp-unconfined", of(inherited))] == ["other"]


def test_a_container_that_allows_root_fails_whatever_its_pod_says() -> None:
    """Field by field, the container's word counts."""
    spec = PodSpec((container(run_as_non_root=False),), security=PodSecurity(run_as_non_root=True))
    (problem,) = found("root-allowed", of(spec))
    assert "runAsNonRoot is false" in problem.message


def test_root_that_cannot_start_says_so() -> None:
    """With runAsNonRoot true, runAsUser 0 is refused by the kubelet, and is no root that runs."""
    spec = PodSpec((container(run_as_user=0, run_as_non_root=True),))
    (problem,) = found("root-user", of(spec))
    assert "cannot start" in problem.message
    assert severities("root-user", spec) == [Severity.LOW]
    assert severities("root-user", PodSpec((container(run_as_user=0),))) == [Severity.HIGH]


def test_another_user_without_a_promise_is_lesser() -> None:
    """It does not run as root, though the standard wants runAsNonRoot too."""
    assert severities("root-allowed", PodSpec((container(run_as_user=7),))) == [Severity.LOW]
    assert severities("root-allowed", PodSpec((container(),))) == [Severity.HIGH]


def test_user_namespaces_relax_root_and_not_the_rest() -> None:
    """A note is left; /proc is another check's, which only the restricted level asks."""
    spec = PodSpec((container(run_as_user=0, proc_mount="Unmasked"),), host_users=False)
    assert found("root-user", of(spec)) == found("root-allowed", of(spec)) == []
    assert severities("root-in-user-namespace", spec) == [Severity.INFO]
    assert found("unmasked-proc", of(spec)) == []
    assert found("unmasked-proc-in-user-namespace", of(spec))


def test_windows_is_asked_only_what_it_has() -> None:
    """Linux's fields are refused there, but not runAsNonRoot."""
    spec = PodSpec((container(),), os="windows")
    assert found("root-allowed", of(spec))
    for check in (
        "privilege-escalation-allowed",
        "capabilities-kept",
        "no-seccomp-profile",
        "writable-root-filesystem",
        "no-run-as-user",
    ):
        assert found(check, of(spec)) == [], check


def test_a_host_process_pod_is_told_once() -> None:
    """All its containers are, and its network stays as long as it is one."""
    spec = PodSpec(
        (container(host_process=True), container("b", host_process=True)),
        os="windows",
        host_network=True,
    )
    (problem,) = found("windows-host-process", of(spec))
    assert len(problem.patch) == 2
    assert found("host-network", of(spec))[0].patch == ()


def test_ports_on_the_node_s_network_are_not_told_twice() -> None:
    """The API server fills hostPort in on pods."""
    ports = (ContainerPort(80, host_port=80), ContainerPort(81), ContainerPort(82, host_port=82))
    spec = PodSpec((Container("a", ports=ports),))
    (problem,) = found("host-port", of(spec))
    assert problem.message == "container a: takes hostPort 80 and 82"
    assert problem.at == "spec.template.spec.containers[0].ports[0].hostPort"
    assert found("host-port", of(replace(spec, host_network=True))) == []


@pytest.mark.parametrize(
    ("annotation", "field", "pod_field", "unconfined"),
    [
        ("unconfined", None, None, True),
        ("runtime/default", None, "Unconfined", False),
        ("", None, "Unconfined", True),
        (None, "RuntimeDefault", "Unconfined", False),
        ("localhost/x", None, None, False),
        ("odd", None, None, True),
        (None, None, None, False),
    ],
)
def test_app_armor_is_the_field_then_the_annotation_then_the_pod(
    annotation: str | None, field: str | None, pod_field: str | None, *, unconfined: bool
) -> None:
    """Absent is the runtime's default."""
    spec = PodSpec(
        (container(app_armor=field),),
        security=PodSecurity(app_armor=pod_field),
        app_armor_annotations=() if annotation is None else (("main", annotation),),
    )
    assert bool(found("apparmor-unconfined", of(spec))) is unconfined


def test_se_linux_options_count_as_a_whole() -> None:
    """The container's replace the pod's; both setters are named where they stand."""
    bad, good = SELinuxOptions(type="spc_t", user="u"), SELinuxOptions(type="container_t")
    inherited = PodSpec((container(),), security=PodSecurity(se_linux=bad))
    (problem,) = found("selinux-custom-options", of(inherited))
    assert problem.at == "spec.template.spec.securityContext.seLinuxOptions.user"
    assert "from the pod" in problem.message
    overridden = PodSpec((container(se_linux=good),), security=PodSecurity(se_linux=bad))
    assert found("selinux-custom-options", of(overridden)) == []
    assert found("overridden-profile", of(overridden))


def test_seccomp_is_a_note_where_another_profile_was_chosen() -> None:
    """The checklist asks for one of three, the standard for seccomp."""
    assert severities("no-seccomp-profile", PodSpec((container(),))) == [Severity.MEDIUM]
    spec = PodSpec((container(app_armor="RuntimeDefault"),))
    assert severities("no-seccomp-profile", spec) == [Severity.INFO]


# ── how bad ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("added", "expected"),
    [
        ("NET_BIND_SERVICE", {"net-bind-service": Severity.LOW}),
        ("CHOWN", {"default-capability-added": Severity.HIGH}),
        ("KILL", {"default-capability-added": Severity.MEDIUM}),
        ("NET_ADMIN", {"capability-beyond-default": Severity.HIGH}),
        ("SYS_ADMIN", {"capability-beyond-default": Severity.CRITICAL}),
        ("all", {"capability-beyond-default": Severity.CRITICAL}),
        ("CAP_CHOWN", {"capability-beyond-default": Severity.HIGH}),
        ("net_bind_service", {"capability-beyond-default": Severity.HIGH}),
    ],
)
def test_an_added_capability_is_one_check_s(added: str, expected: dict[str, Severity]) -> None:
    """By the exact string, as the standard compares; by the name for how bad it is."""
    spec = PodSpec((container(add=(added,), drop=("ALL",)),))
    checks = ("net-bind-service", "default-capability-added", "capability-beyond-default")
    told = {check: level for check in checks for level in severities(check, spec)}
    assert told == expected


def test_all_must_be_dropped_by_that_name() -> None:
    """The message tells which spelling stands there."""
    (problem,) = found("capabilities-kept", of(PodSpec((container(drop=("all",)),))))
    assert "holds all and not ALL" in problem.message


@pytest.mark.parametrize(
    ("path", "reaches"),
    [
        ("/var/run/docker.sock", True),
        ("/run/containerd/containerd.sock", True),
        ("/var/run/", True),
        ("/", True),
        ("//./pipe/docker_engine", True),
        ("\\\\.\\pipe\\docker_engine", True),
        ("/run/crio", True),
        ("/var/log", False),
        ("/var/run/secrets", False),
        ("/run/docker.sock.d", False),
    ],
)
def test_sockets_and_what_holds_them(path: str, *, reaches: bool) -> None:
    """/var/run is /run; a folder above a socket is as good as the socket."""
    assert reaches_socket(path) is reaches


def test_a_host_path_names_its_users() -> None:
    """And whether they only read; a mount of another volume does not count."""
    mounts = (Mount("logs", "/logs", read_only=True), Mount("other", "/x"))
    spec = PodSpec(
        (Container("a", mounts=mounts), Container("b", mounts=(Mount("logs", "/l"),))),
        volumes=(Volume("logs", "hostPath", "/var/log"),),
    )
    (problem,) = found("host-path", of(spec))
    assert problem.message == ("volume logs is the node's /var/log, mounted by a (read-only) and b")
    assert problem.at == "spec.template.spec.volumes[0].hostPath"


# ── limits ────────────────────────────────────────────────────────────────────────────────────


def test_a_limit_range_s_default_shows_in_pods() -> None:
    """Where all pods that run have the limit, the template's silence does no harm."""
    bare = PodSpec((Container("a"), Container("b")))
    limited = PodSpec((Container("a", cpu_limited=True), Container("b")))
    pods = (pod("app-1", limited, owned_by("Deployment", "app")),)
    made = snapshot(workloads=(deployment("app", bare),), pods=pods)
    assert [p.container for p in found("no-cpu-limit", made)] == ["b"]
    assert [p.container for p in found("no-memory-limit", made)] == ["a", "b"]


def test_a_pod_s_limit_counts_for_its_containers() -> None:
    """Ephemeral containers cannot have any."""
    assert found("no-cpu-limit", of(PodSpec((Container("a"),), cpu_limited=True))) == []
    ephemeral = PodSpec((Container("d", ContainerKind.EPHEMERAL),))
    assert found("no-cpu-limit", snapshot(pods=(pod("bare", ephemeral),))) == []
