"""Rights over pods and what makes them."""

from assessor.analysis.rbac.risks import Risk, tier
from assessor.kernel.severity import Severity

_DEPLOYER = """\
Leave deployment to one pipeline or GitOps controller per namespace, with a role of its own; remove
the verbs create, update and patch here."""

WORKLOADS = (
    Risk(
        "create-pods",
        (tier("create pods", Severity.HIGH, Severity.CRITICAL, ("pods-create",)),),
        """A pod runs as any service account of its namespace and mounts any Secret and volume
        there; where Pod Security permits, it owns its node.""",
        _DEPLOYER,
    ),
    Risk(
        "create-workloads",
        (
            tier(
                "write controllers, and so run pods",
                Severity.HIGH,
                Severity.CRITICAL,
                ("apps-write", "batch-write", "controllers-write"),
            ),
        ),
        """Whoever writes Deployments, StatefulSets, DaemonSets, ReplicaSets, Jobs, CronJobs or
        ReplicationControllers runs pods by them: as any account and with any Secret.""",
        _DEPLOYER,
    ),
    Risk(
        "change-pods",
        (tier("change running pods", Severity.HIGH, Severity.CRITICAL, ("pods-change",)),),
        """Who updates pods changes their image; who updates pods/ephemeralcontainers adds a
        container to them, with their identity and their volumes.""",
        """\
Remove update and patch on pods and pods/ephemeralcontainers; debug in a copy of the pod.""",
    ),
    Risk(
        "exec-attach",
        (
            tier(
                "run commands in pods",
                Severity.HIGH,
                Severity.CRITICAL,
                ("pods-exec",),
            ),
        ),
        """create on pods/exec or pods/attach is a shell in any container: its token, its Secrets,
        its network.

        Since Kubernetes 1.35 `get` alone does not suffice any more; before, it did.""",
        """\
Remove pods/exec and pods/attach; grant them for the time that somebody needs them.""",
    ),
    Risk(
        "port-forward",
        (
            tier(
                "reach ports of pods past every NetworkPolicy",
                Severity.MEDIUM,
                Severity.MEDIUM,
                ("pods-forward",),
            ),
        ),
        """pods/portforward connects to any port of a pod by way of its node, also to what
        listens on localhost.""",
        """\
Remove pods/portforward; grant it for the time that somebody needs it.""",
    ),
    Risk(
        "service-proxy",
        (
            tier(
                "reach pods and services by the API server's proxy",
                Severity.MEDIUM,
                Severity.MEDIUM,
                ("pods-proxy",),
            ),
        ),
        """pods/proxy and services/proxy send requests through the API server, from an address
        that NetworkPolicies usually admit; `get` suffices.""",
        """\
Remove pods/proxy and services/proxy, or name the one service:
- apiGroups: [""]
  resources: [services/proxy]
  verbs: [get]
  resourceNames: [ONE-SERVICE]""",
    ),
    Risk(
        "steal-pods",
        (
            tier(
                "drive pods from their nodes and draw them to one that it controls",
                Severity.HIGH,
                Severity.HIGH,
                ("pods-delete", "pods-evict"),
                ("nodes-change",),
            ),
        ),
        """Who deletes or evicts pods and writes nodes or their status decides where the pods come
        up again: on a node that it has taken over.""",
        """\
Remove update and patch on nodes and nodes/status, or delete on pods.""",
    ),
    Risk(
        "status-writes",
        (
            tier(
                "write the status of pods or nodes",
                Severity.LOW,
                Severity.LOW,
                ("pods-status", "nodes-status"),
            ),
        ),
        """A pod's status decides whether services send it traffic, and which address they send it
        to; a node's, which pods are sent to it. They belong to kubelets.""",
        """\
Remove update and patch on pods/status and nodes/status; a controller of readiness gates or of node
conditions is their only other use.""",
    ),
    Risk(
        "mass-delete",
        (
            tier(
                "delete everything of a kind at once",
                Severity.MEDIUM,
                Severity.MEDIUM,
                ("delete-all", "delete-all-cluster", "namespaces-delete"),
            ),
        ),
        """deletecollection, or delete on the namespace itself, ends all in one request, by mistake
        as well as on purpose.""",
        """\
Remove deletecollection; delete names what it deletes.""",
    ),
    Risk(
        "delete-events",
        (
            tier(
                "delete Events",
                Severity.MEDIUM,
                Severity.MEDIUM,
                ("events-delete", "events-delete-new"),
            ),
        ),
        """Events are what people see of failing, restarting and refused pods: who may delete them
        hides what was tried.""",
        """\
Remove delete and deletecollection on events: they expire by themselves.""",
    ),
    Risk(
        "confused-deputy",
        (
            tier(
                "tell a stronger controller what to do",
                Severity.HIGH,
                Severity.CRITICAL,
                (
                    "deputy-argoproj.io",
                    "deputy-kustomize.toolkit.fluxcd.io",
                    "deputy-helm.toolkit.fluxcd.io",
                    "deputy-tekton.dev",
                    "deputy-pkg.crossplane.io",
                    "deputy-apiextensions.crossplane.io",
                ),
            ),
        ),
        """Argo CD, Flux, Tekton and Crossplane do with their own rights what their resources say,
        and these rights are often everything: who writes the resources borrows them.""",
        """\
Confine the controller to what this namespace may do (an AppProject, a serviceAccountName), or
leave its resources to those who review them.""",
    ),
)
