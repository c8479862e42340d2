"""Rights, the risk that each is, and how bad in one namespace and in all of them."""

from assessor.inventory.rbac import PolicyRule
from assessor.kernel.severity import Severity

RBAC = "rbac.authorization.k8s.io"
CERTIFICATES = "certificates.k8s.io"
AUTHENTICATION = "authentication.k8s.io"
ADMISSION = "admissionregistration.k8s.io"
L, M, H, C = Severity.LOW, Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL
Rights = tuple[PolicyRule, ...]


def may(verbs: str, resources: str, group: str = "", names: str = "") -> Rights:
    """One rule, from words."""
    words = (tuple(each.split()) for each in (verbs, resources, names))
    verb, resource, name = words
    return (PolicyRule(verb, (group,), resource, name),)


DEPLOY = may("create", "deployments", "apps")

CASES: list[tuple[Rights, str, Severity | None, Severity | None]] = [
    (may("list", "secrets"), "read-secrets", H, C),
    (may("watch", "secrets"), "read-secrets", H, C),
    (may("get", "secrets"), "read-secrets", M, H),
    (may("get", "secrets", names="one"), "read-secrets", L, L),
    (may("create get", "secrets"), "mint-token-secret", H, C),
    (may("create", "secrets") + may("create", "pods"), "mint-token-secret", H, C),
    (may("create", "secrets") + may("patch", "jobs", "batch"), "mint-token-secret", H, C),
    (may("create", "secrets"), "mint-token-secret", None, H),
    (may("create", "serviceaccounts/token"), "token-request", H, C),
    (may("create", "serviceaccounts/token", names="one"), "token-request", M, H),
    (may("create", "pods"), "create-pods", H, C),
    (may("update", "deployments", "apps"), "create-workloads", H, C),
    (may("create", "cronjobs", "batch"), "create-workloads", H, C),
    (may("patch", "replicationcontrollers"), "create-workloads", H, C),
    (may("patch", "daemonsets", "apps", "one"), "create-workloads", M, H),
    (may("create", "daemonsets", "apps", "one"), "create-workloads", None, None),
    (may("create patch", "secrets", names="one"), "mint-token-secret", H, C),
    (may("create patch", "secrets"), "mint-token-secret", H, C),
    (may("create update", "secrets"), "mint-token-secret", None, H),
    (may("create patch get", "secrets", names="one"), "mint-token-secret", H, C),
    (may("create", "secrets") + may("get", "secrets", names="one"), "mint-token-secret", H, C),
    (may("create patch", "jobs", "batch", "one"), "create-workloads", H, C),
    (may("create patch", "rolebindings", RBAC, "one"), "write-bindings", M, H),
    (may("update patch", "rolebindings", RBAC, "one"), "write-bindings", L, M),
    (
        may("create patch", "mutatingwebhookconfigurations", ADMISSION, "one"),
        "admission-webhooks",
        None,
        C,
    ),
    (
        may("patch", "mutatingwebhookconfigurations", ADMISSION, "one"),
        "admission-webhooks",
        None,
        H,
    ),
    (may("create get", "secrets", names="one"), "mint-token-secret", None, None),
    (may("create patch", "pods", names="one"), "create-pods", H, C),
    (may("create", "pods", names="one"), "create-pods", None, None),
    (may("create", "pods", names="one") + may("patch", "pods"), "create-pods", H, C),
    (
        may("create", "pods", names="one") + may("patch", "pods", names="another"),
        "create-pods",
        None,
        None,
    ),
    (may("update", "pods"), "change-pods", H, C),
    (may("create", "pods/exec"), "exec-attach", H, C),
    (may("get", "pods/exec"), "exec-attach", None, None),
    (may("create", "pods/portforward"), "port-forward", M, M),
    (may("get", "pods/proxy"), "service-proxy", M, M),
    (may("get", "nodes/proxy"), "node-proxy", None, C),
    (may("create", "nodes/proxy"), "node-proxy", None, C),
    (may("get", "nodes/log"), "node-proxy", None, M),
    (may("create", "nodes/checkpoint"), "node-proxy", None, M),
    (may("delete", "pods") + may("patch", "nodes"), "steal-pods", None, H),
    (may("create", "pods/eviction") + may("update", "nodes/status"), "steal-pods", None, H),
    (may("update", "nodes/status"), "status-writes", None, L),
    (may("patch", "pods/status"), "status-writes", L, L),
    (may("bind", "clusterroles", RBAC) + may("create", "rolebindings", RBAC), "bind", H, C),
    (may("bind", "roles", RBAC) + may("update", "clusterrolebindings", RBAC), "bind", None, None),
    (
        may("bind", "clusterroles", RBAC) + may("update", "clusterrolebindings", RBAC),
        "bind",
        None,
        C,
    ),
    (
        may("bind", "clusterroles", RBAC, "view") + may("create", "rolebindings", RBAC),
        "bind",
        M,
        H,
    ),
    (
        may("bind", "clusterroles", RBAC, "cluster-admin")
        + may("create", "rolebindings clusterrolebindings", RBAC),
        "bind",
        H,
        C,
    ),
    (
        may("bind", "clusterroles", RBAC, "system:controller:job-controller")
        + may("create", "clusterrolebindings", RBAC),
        "bind",
        None,
        C,
    ),
    (may("escalate patch", "roles", RBAC), "escalate", H, C),
    (may("escalate update", "clusterroles", RBAC), "escalate", None, C),
    (may("create", "rolebindings", RBAC), "write-bindings", M, H),
    (may("patch", "clusterrolebindings", RBAC), "write-bindings", None, H),
    (
        may("update", "certificatesigningrequests/approval", CERTIFICATES)
        + may("approve", "signers", CERTIFICATES, "example.test/*"),
        "approve-csr",
        None,
        M,
    ),
    *(
        (
            may("update", "certificatesigningrequests/approval", CERTIFICATES)
            + may("approve", "signers", CERTIFICATES, signer),
            "approve-csr",
            None,
            severity,
        )
        for signer, severity in (
            ("", C),
            ("kubernetes.io/*", C),
            ("kubernetes.io/kube-apiserver-client", C),
            ("kubernetes.io/kube-apiserver-client-kubelet", C),
            ("kubernetes.io/kubelet-serving", M),
            ("example.com/mine", M),
        )
    ),
    (
        may("update", "certificatesigningrequests/status", CERTIFICATES)
        + may("sign", "signers", CERTIFICATES),
        "approve-csr",
        None,
        M,
    ),
    (may("approve", "signers", CERTIFICATES), "approve-csr", None, None),
    (may("impersonate", "users"), "impersonate", None, C),
    (may("impersonate", "groups"), "impersonate", None, None),
    (may("impersonate", "uids", "authentication.k8s.io"), "impersonate", None, None),
    (may("impersonate", "serviceaccounts"), "impersonate", H, C),
    (may("impersonate", "serviceaccounts", names="one"), "impersonate", M, H),
    (
        may("impersonate", "serviceaccounts", names="one")
        + may("impersonate", "groups", names="system:masters"),
        "impersonate",
        M,
        C,
    ),
    (
        may("impersonate", "users", names="one")
        + may("impersonate", "groups", names="kubeadm:cluster-admins"),
        "impersonate",
        None,
        C,
    ),
    (
        may("impersonate:user-info", "users", AUTHENTICATION)
        + may("impersonate-on:user-info:create", "pods/exec"),
        "impersonate",
        None,
        H,
    ),
    (
        may("impersonate:user-info", "users", AUTHENTICATION)
        + may("impersonate-on:user-info:get", "nodes/metrics"),
        "impersonate",
        None,
        H,
    ),
    (
        may("impersonate", "serviceaccounts") + may("impersonate", "groups", names="team"),
        "impersonate",
        H,
        C,
    ),
    (
        may("impersonate:serviceaccount", "serviceaccounts", AUTHENTICATION),
        "impersonate",
        None,
        None,
    ),
    (may("impersonate-on:user-info:list", "configmaps"), "impersonate", None, None),
    (
        may("impersonate:serviceaccount", "serviceaccounts", AUTHENTICATION)
        + may("impersonate-on:serviceaccount:list", "configmaps"),
        "impersonate",
        M,
        H,
    ),
    (
        may("impersonate:user-info", "users", AUTHENTICATION)
        + may("impersonate-on:user-info:get", "nodes"),
        "impersonate",
        None,
        H,
    ),
    (
        may("impersonate:user-info", "users", AUTHENTICATION)
        + may("impersonate-on:associated-node:get", "pods"),
        "impersonate",
        None,
        None,
    ),
    (
        may("delete", "validatingwebhookconfigurations", "admissionregistration.k8s.io"),
        "admission-webhooks",
        None,
        C,
    ),
    (
        may("create", "mutatingadmissionpolicybindings", "admissionregistration.k8s.io"),
        "admission-policies",
        None,
        H,
    ),
    *(
        (may("update", kind, group), "admission-policies", here, H)
        for kind, group, here in (
            ("policyexceptions", "policies.kyverno.io", H),
            ("namespacedvalidatingpolicies", "policies.kyverno.io", H),
            ("deletingpolicies", "policies.kyverno.io", None),
            ("admissionpolicygroups", "policies.kubewarden.io", H),
            ("clusteradmissionpolicygroups", "policies.kubewarden.io", None),
            ("policyservers", "policies.kubewarden.io", None),
            ("configs", "config.gatekeeper.sh", H),
            ("assignimage", "mutations.gatekeeper.sh", None),
            ("modifyset", "mutations.gatekeeper.sh", None),
        )
    ),
    (may("update", "policyexceptions", "kyverno.io"), "admission-policies", H, H),
    (may("update", "clusterpolicies", "kyverno.io"), "admission-policies", None, H),
    (may("delete", "k8slabels", "constraints.gatekeeper.sh"), "admission-policies", None, H),
    (may("update", "*/status", "constraints.gatekeeper.sh"), "admission-policies", None, None),
    (
        may("update", "constrainttemplates", "templates.gatekeeper.sh"),
        "admission-policies",
        None,
        H,
    ),
    (may("update", "admissionpolicies", "policies.kubewarden.io"), "admission-policies", H, H),
    (
        may("update", "clusteradmissionpolicies", "policies.kubewarden.io"),
        "admission-policies",
        None,
        H,
    ),
    (
        may("deletecollection", "validatingwebhookconfigurations", ADMISSION),
        "admission-webhooks",
        None,
        C,
    ),
    (
        may("deletecollection", "validatingadmissionpolicies", ADMISSION),
        "admission-policies",
        None,
        H,
    ),
    (
        may("delete", "customresourcedefinitions", "apiextensions.k8s.io"),
        "extend-api",
        None,
        H,
    ),
    (
        may("deletecollection", "networkpolicies", "networking.k8s.io"),
        "change-network-policies",
        H,
        H,
    ),
    (may("deletecollection", "ingresses", "networking.k8s.io"), "mass-delete", M, M),
    (may("deletecollection", "roles", RBAC), "mass-delete", M, M),
    (may("deletecollection", "widgets", "example.test"), "mass-delete", M, M),
    (may("deletecollection", "persistentvolumes"), "mass-delete", None, M),
    (may("deletecollection", "configmaps/status"), "mass-delete", None, None),
    (may("deletecollection", "configmaps", names="one"), "mass-delete", None, None),
    (
        may("create", "customresourcedefinitions", "apiextensions.k8s.io"),
        "extend-api",
        None,
        H,
    ),
    (may("patch", "apiservices", "apiregistration.k8s.io"), "extend-api", None, H),
    (may("update", "namespaces"), "change-namespaces", H, C),
    (may("update", "namespaces", names="payments"), "change-namespaces", H, H),
    (may("update", "namespaces", names="prod"), "change-namespaces", None, H),
    (may("delete", "namespaces", names="prod"), "mass-delete", None, L),
    (may("create", "persistentvolumes"), "persistent-volumes", None, H),
    (may("create", "storageclasses", "storage.k8s.io"), "persistent-volumes", None, H),
    (may("update", "configmaps"), "critical-configmaps", None, C),
    (may("update", "configmaps", names="aws-auth"), "critical-configmaps", None, C),
    (may("update", "configmaps", names="app"), "critical-configmaps", None, None),
    (may("update", "services/status"), "traffic-capture", M, H),
    (may("patch", "endpoints"), "traffic-capture", M, H),
    (may("create", "httproutes", "gateway.networking.k8s.io"), "traffic-capture", M, H),
    (
        may("create", "networkpolicies", "networking.k8s.io"),
        "change-network-policies",
        H,
        H,
    ),
    (may("deletecollection", "secrets"), "mass-delete", M, M),
    (may("delete", "namespaces"), "mass-delete", M, M),
    (may("delete", "events"), "delete-events", M, M),
    (may("create", "applications", "argoproj.io"), "confused-deputy", H, C),
    (may("patch", "pipelineruns", "tekton.dev"), "confused-deputy", H, C),
    (may("update", "providers", "pkg.crossplane.io"), "confused-deputy", None, C),
    (
        may("update", "compositions", "apiextensions.crossplane.io"),
        "confused-deputy",
        None,
        C,
    ),
    (DEPLOY + may("bind", "roles", RBAC), "separation-of-duties", None, None),
    (DEPLOY + may("bind create", "roles rolebindings", RBAC), "separation-of-duties", H, H),
    (DEPLOY + may("escalate", "roles", RBAC), "separation-of-duties", None, None),
    (DEPLOY + may("escalate patch", "roles", RBAC), "separation-of-duties", H, H),
    (DEPLOY + may("escalate patch", "clusterroles", RBAC), "separation-of-duties", None, H),
    (
        DEPLOY + may("update", "certificatesigningrequests/approval", CERTIFICATES),
        "separation-of-duties",
        None,
        None,
    ),
    (
        DEPLOY + may("update approve", "certificatesigningrequests/approval signers", CERTIFICATES),
        "separation-of-duties",
        None,
        H,
    ),
]
