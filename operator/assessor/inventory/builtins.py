"""The resources that every API server knows by itself: their groups, and which have a namespace.

For people who leave the group out, and for telling what a RoleBinding cannot grant. Taken from
the discovery of Kubernetes 1.37, which a test compares with it.
"""

from msgspec import Struct

from assessor.inventory.rbac import RBAC_GROUP


class Resource(Struct, frozen=True):
    """One resource, by its plural as in RBAC rules."""

    group: str
    plural: str
    namespaced: bool


_NAMESPACED: dict[str, tuple[str, ...]] = {
    "": (
        "bindings",
        "configmaps",
        "endpoints",
        "events",
        "limitranges",
        "persistentvolumeclaims",
        "pods",
        "podtemplates",
        "replicationcontrollers",
        "resourcequotas",
        "secrets",
        "serviceaccounts",
        "services",
    ),
    "apps": ("controllerrevisions", "daemonsets", "deployments", "replicasets", "statefulsets"),
    "authorization.k8s.io": ("localsubjectaccessreviews",),
    "autoscaling": ("horizontalpodautoscalers",),
    "batch": ("cronjobs", "jobs"),
    "certificates.k8s.io": ("podcertificaterequests",),
    "coordination.k8s.io": ("leases",),
    "discovery.k8s.io": ("endpointslices",),
    "events.k8s.io": ("events",),
    "networking.k8s.io": ("ingresses", "networkpolicies"),
    "policy": ("poddisruptionbudgets",),
    RBAC_GROUP: ("rolebindings", "roles"),
    "resource.k8s.io": ("resourceclaims", "resourceclaimtemplates"),
    "storage.k8s.io": ("csistoragecapacities",),
}

_CLUSTER: dict[str, tuple[str, ...]] = {
    "": ("componentstatuses", "namespaces", "nodes", "persistentvolumes"),
    "admissionregistration.k8s.io": (
        "mutatingadmissionpolicies",
        "mutatingadmissionpolicybindings",
        "mutatingwebhookconfigurations",
        "validatingadmissionpolicies",
        "validatingadmissionpolicybindings",
        "validatingwebhookconfigurations",
    ),
    "apiextensions.k8s.io": ("customresourcedefinitions",),
    "apiregistration.k8s.io": ("apiservices",),
    "authentication.k8s.io": ("selfsubjectreviews", "tokenreviews"),
    "authorization.k8s.io": (
        "selfsubjectaccessreviews",
        "selfsubjectrulesreviews",
        "subjectaccessreviews",
    ),
    "certificates.k8s.io": ("certificatesigningrequests", "clustertrustbundles"),
    "flowcontrol.apiserver.k8s.io": ("flowschemas", "prioritylevelconfigurations"),
    "networking.k8s.io": ("ingressclasses", "ipaddresses", "servicecidrs"),
    "node.k8s.io": ("runtimeclasses",),
    RBAC_GROUP: ("clusterrolebindings", "clusterroles"),
    "resource.k8s.io": ("deviceclasses", "devicetaintrules", "resourceslices"),
    "scheduling.k8s.io": ("priorityclasses",),
    "storage.k8s.io": (
        "csidrivers",
        "csinodes",
        "storageclasses",
        "volumeattachments",
        "volumeattributesclasses",
    ),
    "storagemigration.k8s.io": ("storageversionmigrations",),
}

_NEVER_SERVED: dict[str, tuple[str, ...]] = {
    "": ("groups", "users"),
    "authentication.k8s.io": ("groups", "nodes", "uids", "userextras", "users"),
    "certificates.k8s.io": ("signers",),
}
"""What only rules speak of: impersonation ("Authenticating") and signers ("Certificates")."""

BUILTINS: tuple[Resource, ...] = tuple(
    Resource(group, plural, namespaced)
    for table, namespaced in ((_NAMESPACED, True), (_CLUSTER, False), (_NEVER_SERVED, False))
    for group, plurals in table.items()
    for plural in plurals
)
"""All of them; a plural of two groups stands first under the core one."""

_BY_NAME = {(each.group, each.plural): each for each in BUILTINS}
_BY_PLURAL = {each.plural: each for each in reversed(BUILTINS)}


def builtin(plural: str, group: str | None = None) -> Resource | None:
    """The built-in resource of that name, of any group where none is given; None for another."""
    return _BY_PLURAL.get(plural) if group is None else _BY_NAME.get((group, plural))


def groups() -> frozenset[str]:
    """All groups; the core one is empty."""
    return frozenset(each.group for each in BUILTINS)


def plurals() -> tuple[str, ...]:
    """All names, sorted."""
    return tuple(sorted(_BY_PLURAL))
