"""Rights over nodes, the API server's extensions and what guards a namespace."""

from assessor.analysis.rbac.atom_table import (
    CLUSTER_POLICY_CONTROLLERS,
    CRITICAL_CONFIGMAPS,
    POLICY_CONTROLLERS,
)
from assessor.analysis.rbac.risks import Risk, tier
from assessor.kernel.severity import Severity

CLUSTER = (
    Risk(
        "node-proxy",
        (
            tier(
                "run commands in every pod of every node by the kubelets' proxy",
                None,
                Severity.CRITICAL,
                ("nodes-proxy",),
            ),
            tier(
                "read the kubelets' logs, configuration and pods",
                None,
                Severity.MEDIUM,
                ("nodes-read", "nodes-checkpoint"),
            ),
        ),
        """`get` on nodes/proxy suffices to run commands in any container, as the kubelet's
        websocket endpoints begin with GET, and nothing of it is in the audit log. nodes/log,
        nodes/configz, nodes/pods and nodes/checkpoint reveal less.""",
        """\
Remove nodes/proxy; nodes/metrics and nodes/stats
are what a monitoring agent needs.""",
    ),
    Risk(
        "admission-webhooks",
        (
            tier(
                "change admission webhooks",
                None,
                Severity.CRITICAL,
                ("webhooks-write",),
            ),
        ),
        """A webhook configuration sees and rewrites every object that is written, Secrets and pods
        included; without the one that is there, its rules are off.""",
        """\
Remove write rights on validating and mutating webhook configurations, or name the one that the
controller owns:
- apiGroups: [admissionregistration.k8s.io]
  resources: [validatingwebhookconfigurations]
  verbs: [update, patch]
  resourceNames: [ONE-CONFIGURATION]""",
    ),
    Risk(
        "admission-policies",
        (
            tier(
                "change the policies that admission enforces",
                Severity.HIGH,
                Severity.HIGH,
                (
                    "policies-write",
                    *(f"admission-{group}" for group, _ in POLICY_CONTROLLERS),
                    *(f"admission-cluster-{group}" for group, _ in CLUSTER_POLICY_CONTROLLERS),
                ),
            ),
        ),
        """Admission policies of the API server, Kyverno, Gatekeeper and Kubewarden are what keeps
        the rest of the cluster to its rules.""",
        """\
Leave admission policies to those who review them; remove create, update, patch and delete.""",
    ),
    Risk(
        "extend-api",
        (
            tier(
                "change which kinds the API serves, and by whom",
                None,
                Severity.HIGH,
                ("crds-write", "apiservices-write"),
            ),
        ),
        """An APIService sends a whole API group, with its users' requests, to a server of one's
        own; a CustomResourceDefinition's conversion webhook sees all its objects, and with the
        definition they are all deleted.""",
        """\
Install definitions with the cluster's own tools; remove write rights on them from workloads.""",
    ),
    Risk(
        "change-namespaces",
        (
            tier(
                "change the namespace's labels, and with them Pod Security",
                Severity.HIGH,
                Severity.CRITICAL,
                ("namespaces-change",),
            ),
        ),
        """Labels of a namespace decide its Pod Security level and which NetworkPolicies admit it.

        A RoleBinding reaches its own namespace's object.""",
        """\
Remove update and patch on namespaces.""",
    ),
    Risk(
        "persistent-volumes",
        (
            tier(
                "create PersistentVolumes or StorageClasses",
                None,
                Severity.HIGH,
                ("volumes-create", "storageclasses-create"),
            ),
        ),
        """A PersistentVolume may be a path of the node (hostPath) or of another's storage.

        Pod Security forbids hostPath in pods, but not claims that are bound to such a volume.""",
        """\
Leave volumes to the cluster's provisioners; remove create on persistentvolumes.""",
    ),
    Risk(
        "critical-configmaps",
        (
            tier(
                "change ConfigMaps that decide who is who, or which name is where",
                Severity.CRITICAL,
                Severity.CRITICAL,
                tuple(f"configmap-{name}" for name in CRITICAL_CONFIGMAPS),
                only_in="kube-system",
            ),
        ),
        """In kube-system, `aws-auth` maps cloud identities to users, `coredns` resolves names, and
        `extension-apiserver-authentication` says whom aggregated API servers trust.""",
        """\
Name the ConfigMaps that are needed, and grant them in the namespace where they are:
- apiGroups: [""]
  resources: [configmaps]
  verbs: [update, patch]
  resourceNames: [ONE-CONFIGMAP]""",
    ),
)
