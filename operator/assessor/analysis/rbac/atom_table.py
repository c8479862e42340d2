"""The atoms: every right that a risk of rbac.md's catalogue is made of."""

from assessor.analysis.rbac.atoms import CHANGE, WRITE, Atom, AtomIndex

RBAC = "rbac.authorization.k8s.io"
ADMISSION = "admissionregistration.k8s.io"
CERTIFICATES = "certificates.k8s.io"
AUTHENTICATION = "authentication.k8s.io"

_WORKLOADS = ("deployments", "daemonsets", "statefulsets", "replicasets")
_CORE_OBJECTS = (
    "configmaps",
    "persistentvolumeclaims",
    "pods",
    "replicationcontrollers",
    "secrets",
    "serviceaccounts",
    "services",
)
_WEBHOOKS = ("validatingwebhookconfigurations", "mutatingwebhookconfigurations")
_ADMISSION_POLICIES = (
    "validatingadmissionpolicies",
    "validatingadmissionpolicybindings",
    "mutatingadmissionpolicies",
    "mutatingadmissionpolicybindings",
)
_IMPERSONATION_MODES = ("user-info", "serviceaccount", "arbitrary-node", "associated-node")

CRITICAL_CONFIGMAPS = ("aws-auth", "coredns", "extension-apiserver-authentication")
"""ConfigMaps of kube-system that decide who is authenticated, or whom a name resolves to."""

STRONG_CONTROLLERS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("argoproj.io", ("applications", "applicationsets", "appprojects", "workflows")),
    ("kustomize.toolkit.fluxcd.io", ("kustomizations",)),
    ("helm.toolkit.fluxcd.io", ("helmreleases",)),
    ("tekton.dev", ("taskruns", "pipelineruns", "tasks", "pipelines")),
    ("pkg.crossplane.io", ("providers", "configurations", "functions")),
    ("apiextensions.crossplane.io", ("compositions", "compositeresourcedefinitions")),
)
"""Kinds whose controllers usually hold more rights than those who write them."""

POLICY_CONTROLLERS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("kyverno.io", ("policies", "clusterpolicies", "policyexceptions")),
    ("templates.gatekeeper.sh", ("constrainttemplates",)),
    ("constraints.gatekeeper.sh", ("*",)),
    ("policies.kubewarden.io", ("admissionpolicies", "clusteradmissionpolicies")),
)
"""Kinds that decide what other admission controllers let through."""

CORE_ATOMS = (
    Atom("secrets-list", "", ("secrets",), ("list", "watch")),
    Atom("secrets-get", "", ("secrets",), ("get",)),
    Atom("secrets-create", "", ("secrets",), ("create",)),
    Atom("token-request", "", ("serviceaccounts/token",), ("create",)),
    Atom("pods-create", "", ("pods",), ("create",)),
    Atom("pods-change", "", ("pods", "pods/ephemeralcontainers"), CHANGE),
    Atom("pods-exec", "", ("pods/exec", "pods/attach"), ("create",)),
    Atom("pods-forward", "", ("pods/portforward",), ("create",)),
    Atom("pods-proxy", "", ("pods/proxy", "services/proxy"), ("get", "create", *CHANGE, "delete")),
    Atom("pods-delete", "", ("pods",), ("delete", "deletecollection")),
    Atom("pods-evict", "", ("pods/eviction",), ("create",)),
    Atom("pods-status", "", ("pods/status",), CHANGE),
    Atom("core-delete-all", "", _CORE_OBJECTS, ("deletecollection",)),
    Atom("namespaces-delete", "", ("namespaces",), ("delete",)),
    Atom("controllers-write", "", ("replicationcontrollers",), WRITE),
    Atom("nodes-change", "", ("nodes", "nodes/status"), CHANGE, cluster=True),
    Atom("nodes-status", "", ("nodes/status",), CHANGE, cluster=True),
    Atom("nodes-proxy", "", ("nodes/proxy",), ("get", "create"), cluster=True),
    Atom("nodes-read", "", ("nodes/log", "nodes/configz", "nodes/pods"), ("get",), cluster=True),
    Atom("nodes-checkpoint", "", ("nodes/checkpoint",), ("create",), cluster=True),
    Atom("namespaces-change", "", ("namespaces",), CHANGE),
    Atom("volumes-create", "", ("persistentvolumes",), ("create",), cluster=True),
    Atom("services-write", "", ("services",), WRITE),
    Atom("traffic-write", "", ("services/status", "endpoints"), WRITE),
    Atom("events-delete", "", ("events",), ("delete", "deletecollection")),
    Atom("impersonate-account", "", ("serviceaccounts",), ("impersonate",)),
    Atom("impersonate-user", "", ("users",), ("impersonate",), cluster=True),
    Atom("impersonate-group", "", ("groups",), ("impersonate",), cluster=True),
    *(
        Atom(f"configmap-{name}", "", ("configmaps",), (*WRITE, "delete"), name=name)
        for name in CRITICAL_CONFIGMAPS
    ),
)

RBAC_ATOMS = (
    Atom("roles-escalate", RBAC, ("roles",), ("escalate",)),
    Atom("clusterroles-escalate", RBAC, ("clusterroles",), ("escalate",), cluster=True),
    Atom("roles-write", RBAC, ("roles",), WRITE),
    Atom("clusterroles-write", RBAC, ("clusterroles",), WRITE, cluster=True),
    Atom("roles-bind", RBAC, ("roles", "clusterroles"), ("bind",)),
    Atom("bindings-write", RBAC, ("rolebindings",), WRITE),
    Atom("clusterbindings-write", RBAC, ("clusterrolebindings",), WRITE, cluster=True),
)

OTHER_ATOMS = (
    Atom("apps-write", "apps", _WORKLOADS, WRITE),
    Atom("apps-delete-all", "apps", _WORKLOADS, ("deletecollection",)),
    Atom("batch-write", "batch", ("jobs", "cronjobs"), WRITE),
    Atom("batch-delete-all", "batch", ("jobs", "cronjobs"), ("deletecollection",)),
    Atom("networkpolicies-write", "networking.k8s.io", ("networkpolicies",), (*WRITE, "delete")),
    Atom("slices-write", "discovery.k8s.io", ("endpointslices",), WRITE),
    Atom(
        "routes-write",
        "gateway.networking.k8s.io",
        ("httproutes", "grpcroutes", "tcproutes", "tlsroutes", "udproutes"),
        WRITE,
    ),
    Atom("events-delete-new", "events.k8s.io", ("events",), ("delete", "deletecollection")),
    Atom(
        "csr-approval",
        CERTIFICATES,
        ("certificatesigningrequests/approval",),
        CHANGE,
        cluster=True,
    ),
    Atom("signers-approve", CERTIFICATES, ("signers",), ("approve",), cluster=True),
    Atom("signers-sign", CERTIFICATES, ("signers",), ("sign",), cluster=True),
    Atom("csr-status", CERTIFICATES, ("certificatesigningrequests/status",), CHANGE, cluster=True),
    Atom("webhooks-write", ADMISSION, _WEBHOOKS, (*WRITE, "delete"), cluster=True),
    Atom("policies-write", ADMISSION, _ADMISSION_POLICIES, (*WRITE, "delete"), cluster=True),
    Atom("crds-write", "apiextensions.k8s.io", ("customresourcedefinitions",), WRITE, cluster=True),
    Atom("apiservices-write", "apiregistration.k8s.io", ("apiservices",), WRITE, cluster=True),
    Atom("storageclasses-create", "storage.k8s.io", ("storageclasses",), ("create",), cluster=True),
    Atom("impersonate-uid", AUTHENTICATION, ("uids",), ("impersonate",), cluster=True),
    *(
        Atom(
            f"impersonate-{mode}",
            AUTHENTICATION,
            ("users", "groups", "uids", "serviceaccounts", "nodes"),
            (f"impersonate:{mode}",),
            cluster=mode != "serviceaccount",
        )
        for mode in _IMPERSONATION_MODES
    ),
    *(Atom(f"deputy-{group}", group, kinds, WRITE) for group, kinds in STRONG_CONTROLLERS),
    *(
        Atom(f"admission-{group}", group, kinds, (*WRITE, "delete"))
        for group, kinds in POLICY_CONTROLLERS
    ),
)

ATOMS = (*CORE_ATOMS, *RBAC_ATOMS, *OTHER_ATOMS)
INDEX = AtomIndex(ATOMS)
