"""Rights that make more rights."""

from assessor.analysis.rbac.risks import Risk, tier
from assessor.kernel.severity import Severity

_WORKLOADS = ("apps-write", "batch-write", "controllers-write", "pods-create")

ESCALATION = (
    Risk(
        "bind",
        (
            tier(
                "bind roles whose rights it does not hold itself",
                Severity.HIGH,
                Severity.CRITICAL,
                ("roles-bind", "clusterroles-bind"),
                ("bindings-write",),
            ),
            tier(
                "bind ClusterRoles whose rights it does not hold itself",
                None,
                Severity.CRITICAL,
                ("clusterroles-bind",),
                ("clusterbindings-write",),
            ),
            tier(
                "bind cluster-admin or another role as strong",
                Severity.HIGH,
                Severity.CRITICAL,
                ("clusterroles-bind-strong",),
                ("bindings-write",),
            ),
            tier(
                "bind cluster-admin or another role as strong",
                None,
                Severity.CRITICAL,
                ("clusterroles-bind-strong",),
                ("clusterbindings-write",),
            ),
        ),
        """A subject that may write bindings and holds the verb `bind` gives itself any role.

        Without `bind` the API server lets it bind only rights that it holds itself. Limited to
        named roles, it reaches those: one of the strong ones is enough.""",
        """\
Remove the verb bind, or limit it to the roles that may be given:
- apiGroups: [rbac.authorization.k8s.io]
  resources: [clusterroles]
  verbs: [bind]
  resourceNames: [view]""",
    ),
    Risk(
        "escalate",
        (
            tier(
                "write ClusterRoles with rights that it does not hold itself",
                None,
                Severity.CRITICAL,
                ("clusterroles-escalate",),
                ("clusterroles-write",),
            ),
            tier(
                "write Roles with rights that it does not hold itself",
                Severity.HIGH,
                Severity.CRITICAL,
                ("roles-escalate",),
                ("roles-write",),
            ),
        ),
        """A subject that may write roles and holds the verb `escalate` gives itself any right.

        Without `escalate` the API server lets it write only rights that it holds itself.""",
        """\
Remove the verb escalate from the role; whoever manages roles holds their rights, or asks.""",
    ),
    Risk(
        "write-bindings",
        (
            tier(
                "write ClusterRoleBindings",
                None,
                Severity.HIGH,
                ("clusterbindings-write",),
            ),
            tier(
                "write RoleBindings",
                Severity.MEDIUM,
                Severity.HIGH,
                ("bindings-write",),
            ),
        ),
        """A subject that may write bindings spreads the rights that it holds itself.

        With the verb `bind` it is more: see that rule.""",
        """\
Leave bindings to the people or the GitOps controller that review them; remove create, update and
patch on rolebindings and clusterrolebindings.""",
    ),
    Risk(
        "approve-csr",
        (
            tier(
                "approve certificate requests, and so become any user",
                None,
                Severity.CRITICAL,
                ("csr-approval",),
                ("signers-approve-strong",),
                named=Severity.CRITICAL,
            ),
            tier(
                "approve kubelets' certificate requests, and so become any node",
                None,
                Severity.CRITICAL,
                ("csr-approval",),
                ("signers-approve-kubelets",),
                named=Severity.CRITICAL,
                may_named="approve kubelets' certificate requests, and so become any node",
            ),
            tier(
                "approve certificate requests of a signer that is named",
                None,
                Severity.MEDIUM,
                ("csr-approval",),
                ("signers-approve",),
                named=Severity.MEDIUM,
                may_named="approve certificate requests of a signer that is named",
            ),
            tier(
                "sign certificate requests",
                None,
                Severity.MEDIUM,
                ("csr-status",),
                ("signers-sign",),
                named=Severity.MEDIUM,
            ),
        ),
        """Who approves certificate requests decides who somebody is: a client certificate for
        any user is one request away, by the signer kubernetes.io/kube-apiserver-client, and one for
        any node by kubernetes.io/kube-apiserver-client-kubelet: nodes read the Secrets and make the
        tokens of all their pods. Other signers' certificates the API server takes for nobody: these
        are Medium.

        Takes update or patch on certificatesigningrequests/approval and `approve` on a signer;
        `sign` with the requests' status is less without the authority's key.""",
        """\
Leave approval to kube-controller-manager's approvers; remove approve on signers, or name the one
signer that this controller serves.""",
    ),
    Risk(
        "separation-of-duties",
        (
            tier(
                "both change workloads and bind roles whose rights it does not hold",
                Severity.HIGH,
                Severity.HIGH,
                _WORKLOADS,
                ("roles-bind", "clusterroles-bind"),
                ("bindings-write",),
            ),
            tier(
                "both change workloads and bind ClusterRoles whose rights it does not hold",
                None,
                Severity.HIGH,
                _WORKLOADS,
                ("clusterroles-bind",),
                ("clusterbindings-write",),
            ),
            tier(
                "both change workloads and write ClusterRoles with rights that it does not hold",
                None,
                Severity.HIGH,
                _WORKLOADS,
                ("clusterroles-escalate",),
                ("clusterroles-write",),
            ),
            tier(
                "both change workloads and write Roles with rights that it does not hold",
                Severity.HIGH,
                Severity.HIGH,
                _WORKLOADS,
                ("roles-escalate",),
                ("roles-write",),
            ),
            tier(
                "both change workloads and approve certificates",
                Severity.HIGH,
                Severity.HIGH,
                _WORKLOADS,
                ("csr-approval",),
                ("signers-approve",),
            ),
        ),
        """One subject holds both the right to change workloads and the right to approve or bind
        rights, so that nobody else has to agree.""",
        """\
Split the role in two, for two subjects: one deploys, another one gives rights.""",
    ),
)
