"""The atoms: every right that a risk of rbac.md's catalogue is made of."""

from assessor.analysis.rbac.atom_index import AtomIndex
from assessor.analysis.rbac.atoms import ALL, CHANGE, DELETE, WRITE, Atom
from assessor.inventory.builtins import BUILTINS

RBAC = "rbac.authorization.k8s.io"
ADMISSION = "admissionregistration.k8s.io"
CERTIFICATES = "certificates.k8s.io"
AUTHENTICATION = "authentication.k8s.io"

_WORKLOADS = ("deployments", "daemonsets", "statefulsets", "replicasets")
_WEBHOOKS = ("validatingwebhookconfigurations", "mutatingwebhookconfigurations")
_ADMISSION_POLICIES = (
    "validatingadmissionpolicies",
    "validatingadmissionpolicybindings",
    "mutatingadmissionpolicies",
    "mutatingadmissionpolicybindings",
)
IMPERSONATION_MODES = ("user-info", "serviceaccount", "arbitrary-node", "associated-node")

CRITICAL_CONFIGMAPS = ("aws-auth", "coredns", "extension-apiserver-authentication")
"""ConfigMaps of kube-system that decide who is authenticated, or whom a name resolves to."""

STRONG_ROLES = (
    "cluster-admin",
    "admin",
    "edit",
    "system:kube-controller-manager",
)
STRONG_ROLE_PREFIXES = ("system:controller:",)
"""Roles that to bind is as bad as to bind any: with them one has most, or gets it."""

STRONG_GROUPS = ("system:masters", "kubeadm:cluster-admins")
"""Groups that may do everything; kubeadm binds the second to cluster-admin ("kubeadm init")."""

STRONG_SIGNERS = ("kubernetes.io/kube-apiserver-client", "kubernetes.io/*")
"""Signers whose certificates the API server takes for any user, the second being all of a domain.

RBAC names a signer, or all of its domain in just this way ("Certificate Signing Requests").
"""

KUBELETS_SIGNER = "kubernetes.io/kube-apiserver-client-kubelet"
"""Its certificates the API server takes for any node ("Kubernetes signers")."""

STRONG_CONTROLLERS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("argoproj.io", ("applications", "applicationsets", "appprojects", "workflows")),
    ("kustomize.toolkit.fluxcd.io", ("kustomizations",)),
    ("helm.toolkit.fluxcd.io", ("helmreleases",)),
    ("tekton.dev", ("taskruns", "pipelineruns", "tasks", "pipelines")),
)
"""Kinds whose controllers usually hold more rights than those who write them."""

STRONG_CLUSTER_CONTROLLERS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("pkg.crossplane.io", ("providers", "configurations", "functions")),
    ("apiextensions.crossplane.io", ("compositions", "compositeresourcedefinitions")),
)
"""The same, of kinds without namespace."""

_KYVERNO_POLICIES = (
    "validatingpolicies",
    "mutatingpolicies",
    "imagevalidatingpolicies",
    "generatingpolicies",
    "deletingpolicies",
)
"""Those written in CEL; each has a twin for one namespace."""

POLICY_CONTROLLERS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("kyverno.io", ("policies", "policyexceptions")),
    (
        "policies.kyverno.io",
        ("policyexceptions", *(f"namespaced{each}" for each in _KYVERNO_POLICIES)),
    ),
    ("policies.kubewarden.io", ("admissionpolicies", "admissionpolicygroups")),
    ("config.gatekeeper.sh", ("configs",)),
)
"""Kinds that decide what other admission controllers let through."""

CLUSTER_POLICY_CONTROLLERS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("kyverno.io", ("clusterpolicies",)),
    ("policies.kyverno.io", _KYVERNO_POLICIES),
    ("templates.gatekeeper.sh", ("constrainttemplates",)),
    ("constraints.gatekeeper.sh", (ALL,)),
    ("mutations.gatekeeper.sh", ("assign", "assignmetadata", "assignimage", "modifyset")),
    (
        "policies.kubewarden.io",
        ("clusteradmissionpolicies", "clusteradmissionpolicygroups", "policyservers"),
    ),
)
"""The same, of kinds without namespace."""

_NAMESPACELESS = tuple(dict.fromkeys(each.plural for each in BUILTINS if not each.namespaced))
"""Built-in kinds that have no namespace; of other kinds nobody here knows."""

CORE_ATOMS = (
    Atom("secrets-list", "", ("secrets",), ("list", "watch")),
    Atom("secrets-get", "", ("secrets",), ("get",)),
    Atom("secrets-patch", "", ("secrets",), ("patch",)),
    Atom("secrets-create", "", ("secrets",), ("create",), free=True),
    Atom("token-request", "", ("serviceaccounts/token",), ("create",)),
    Atom("pods-create", "", ("pods",), ("create",), free=True),
    Atom("pods-change", "", ("pods", "pods/ephemeralcontainers"), CHANGE),
    Atom("pods-exec", "", ("pods/exec", "pods/attach"), ("create",)),
    Atom("pods-forward", "", ("pods/portforward",), ("create",)),
    Atom("pods-proxy", "", ("pods/proxy", "services/proxy"), ("get", "create", *CHANGE, "delete")),
    Atom("pods-delete", "", ("pods",), DELETE),
    Atom("pods-evict", "", ("pods/eviction",), ("create",)),
    Atom("pods-status", "", ("pods/status",), CHANGE),
    Atom("namespaces-delete", "", ("namespaces",), ("delete",)),
    Atom("controllers-write", "", ("replicationcontrollers",), WRITE, free=True),
    Atom("nodes-change", "", ("nodes", "nodes/status"), CHANGE, cluster=True),
    Atom("nodes-status", "", ("nodes/status",), CHANGE, cluster=True),
    Atom("nodes-proxy", "", ("nodes/proxy",), ("get", "create"), cluster=True),
    Atom("nodes-read", "", ("nodes/log", "nodes/configz", "nodes/pods"), ("get",), cluster=True),
    Atom("nodes-checkpoint", "", ("nodes/checkpoint",), ("create",), cluster=True),
    Atom("namespaces-change", "", ("namespaces",), CHANGE),
    Atom("volumes-create", "", ("persistentvolumes",), ("create",), cluster=True),
    Atom("services-write", "", ("services",), WRITE),
    Atom("traffic-write", "", ("services/status", "endpoints"), WRITE),
    Atom("events-delete", "", ("events",), DELETE),
    Atom("impersonate-account", "", ("serviceaccounts",), ("impersonate",)),
    Atom("impersonate-user", "", ("users",), ("impersonate",), cluster=True),
    Atom("impersonate-group", "", ("groups",), ("impersonate",), cluster=True),
    Atom(
        "impersonate-masters", "", ("groups",), ("impersonate",), cluster=True, names=STRONG_GROUPS
    ),
    *(
        Atom(f"configmap-{name}", "", ("configmaps",), (*WRITE, *DELETE), names=(name,))
        for name in CRITICAL_CONFIGMAPS
    ),
)

RBAC_ATOMS = (
    Atom("roles-escalate", RBAC, ("roles",), ("escalate",)),
    Atom("clusterroles-escalate", RBAC, ("clusterroles",), ("escalate",), cluster=True),
    Atom("roles-write", RBAC, ("roles",), WRITE),
    Atom("clusterroles-write", RBAC, ("clusterroles",), WRITE, cluster=True),
    Atom("roles-bind", RBAC, ("roles",), ("bind",)),
    Atom("clusterroles-bind", RBAC, ("clusterroles",), ("bind",)),
    Atom(
        "clusterroles-bind-strong",
        RBAC,
        ("clusterroles",),
        ("bind",),
        names=STRONG_ROLES,
        prefixes=STRONG_ROLE_PREFIXES,
    ),
    Atom("bindings-write", RBAC, ("rolebindings",), WRITE, free=True),
    Atom("clusterbindings-write", RBAC, ("clusterrolebindings",), WRITE, cluster=True, free=True),
)

OTHER_ATOMS = (
    Atom("apps-write", "apps", _WORKLOADS, WRITE, free=True),
    Atom("batch-write", "batch", ("jobs", "cronjobs"), WRITE, free=True),
    Atom("networkpolicies-write", "networking.k8s.io", ("networkpolicies",), (*WRITE, *DELETE)),
    Atom("slices-write", "discovery.k8s.io", ("endpointslices",), WRITE),
    Atom(
        "routes-write",
        "gateway.networking.k8s.io",
        ("httproutes", "grpcroutes", "tcproutes", "tlsroutes", "udproutes"),
        WRITE,
    ),
    Atom("events-delete-new", "events.k8s.io", ("events",), DELETE),
    Atom(
        "csr-approval",
        CERTIFICATES,
        ("certificatesigningrequests/approval",),
        CHANGE,
        cluster=True,
    ),
    Atom("signers-approve", CERTIFICATES, ("signers",), ("approve",), cluster=True),
    Atom(
        "signers-approve-strong",
        CERTIFICATES,
        ("signers",),
        ("approve",),
        cluster=True,
        names=STRONG_SIGNERS,
    ),
    Atom(
        "signers-approve-kubelets",
        CERTIFICATES,
        ("signers",),
        ("approve",),
        cluster=True,
        names=(KUBELETS_SIGNER,),
    ),
    Atom("signers-sign", CERTIFICATES, ("signers",), ("sign",), cluster=True),
    Atom("csr-status", CERTIFICATES, ("certificatesigningrequests/status",), CHANGE, cluster=True),
    Atom("webhooks-write", ADMISSION, _WEBHOOKS, (*WRITE, *DELETE), cluster=True, free=True),
    Atom("policies-write", ADMISSION, _ADMISSION_POLICIES, (*WRITE, *DELETE), cluster=True),
    Atom(
        "crds-write",
        "apiextensions.k8s.io",
        ("customresourcedefinitions",),
        (*WRITE, *DELETE),
        cluster=True,
    ),
    Atom(
        "apiservices-write",
        "apiregistration.k8s.io",
        ("apiservices",),
        (*WRITE, *DELETE),
        cluster=True,
    ),
    Atom("storageclasses-create", "storage.k8s.io", ("storageclasses",), ("create",), cluster=True),
    *(
        Atom(
            f"impersonate-{mode}",
            AUTHENTICATION,
            ("users", "groups", "uids", "serviceaccounts", "nodes"),
            (f"impersonate:{mode}",),
            cluster=mode != "serviceaccount",
        )
        for mode in IMPERSONATION_MODES
    ),
    *(Atom(f"deputy-{group}", group, kinds, WRITE) for group, kinds in STRONG_CONTROLLERS),
    *(
        Atom(f"deputy-{group}", group, kinds, WRITE, cluster=True)
        for group, kinds in STRONG_CLUSTER_CONTROLLERS
    ),
    *(
        Atom(f"admission-{group}", group, kinds, (*WRITE, *DELETE))
        for group, kinds in POLICY_CONTROLLERS
    ),
    *(
        Atom(f"admission-cluster-{group}", group, kinds, (*WRITE, *DELETE), cluster=True)
        for group, kinds in CLUSTER_POLICY_CONTROLLERS
    ),
)

ANYTHING_ATOMS = (
    Atom("delete-all", ALL, (ALL,), ("deletecollection",)),
    Atom("delete-all-cluster", ALL, _NAMESPACELESS, ("deletecollection",), cluster=True),
    *(
        Atom(f"act-{mode}", ALL, (ALL,), (f"impersonate-on:{mode}:*",), subresources=True)
        for mode in IMPERSONATION_MODES
    ),
    *(
        Atom(
            f"act-{mode}-cluster",
            ALL,
            _NAMESPACELESS,
            (f"impersonate-on:{mode}:*",),
            cluster=True,
            subresources=True,
        )
        for mode in IMPERSONATION_MODES
    ),
)
"""Verbs that matter on whatever they are granted."""

ATOMS = (*CORE_ATOMS, *RBAC_ATOMS, *OTHER_ATOMS, *ANYTHING_ATOMS)
INDEX = AtomIndex(ATOMS)
