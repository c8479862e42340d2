"""The kinds that are observed: one table from which informers, RBAC and evidence names derive.

Secrets are not in it and never will be: the ClusterRole is generated from this table.
"""

from enum import StrEnum

from msgspec import Struct


class Evidence(StrEnum):
    """A kind as a source of evidence, named by its plural as in RBAC rules."""

    NAMESPACES = "namespaces"
    PODS = "pods"
    SERVICE_ACCOUNTS = "serviceaccounts"
    NETWORK_POLICIES = "networkpolicies"
    SERVICES = "services"
    DEPLOYMENTS = "deployments"
    REPLICA_SETS = "replicasets"
    STATEFUL_SETS = "statefulsets"
    DAEMON_SETS = "daemonsets"
    JOBS = "jobs"
    CRON_JOBS = "cronjobs"
    REPLICATION_CONTROLLERS = "replicationcontrollers"
    ROLES = "roles"
    CLUSTER_ROLES = "clusterroles"
    ROLE_BINDINGS = "rolebindings"
    CLUSTER_ROLE_BINDINGS = "clusterrolebindings"
    POLICY_ENGINES = "policyengines"
    """Policies of other network-policy engines, taken together."""
    CONFIG_MAPS = "configmaps"
    SECRET_MAKERS = "secretmakers"  # noqa: S105 - a kind, not a password
    """Objects from which controllers make Secrets, taken together."""
    INGRESSES = "ingresses"
    """Ways in from outside, taken together: only commands ask for them."""
    SECRETS_IN_SOURCE = "secrets"
    """Secrets that stand in files; a cluster's are never read."""
    DOCKERFILES = "dockerfiles"
    """Dockerfiles that stand in files, as do all that follow: a cluster has none."""
    BASE_IMAGES = "baseimages"
    """What the FROMs of a Dockerfile name."""
    BUILD_COMMANDS = "buildcommands"
    """What a Dockerfile runs."""
    BUILD_CONTEXTS = "buildcontexts"
    """The folders that builds are given."""
    ASSESSMENTS = "securityassessments"
    """What asks for verdicts, and so never evidence for one."""


class ObservedKind(Struct, frozen=True):
    """Where one kind lives in the API.

    ``optional`` kinds are watched only where discovery shows them to be served, and in whatever
    version where ``any_version`` says that what is read of them, their metadata, is in each the
    same. ``page_size`` is how many objects one page of a list may hold at most, as they may be big.
    """

    evidence: Evidence
    group: str
    version: str
    kind: str
    plural: str
    namespaced: bool = True
    optional: bool = False
    any_version: bool = False
    page_size: int = 500

    @property
    def api_version(self) -> str:
        """``v1`` or ``apps/v1``."""
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def path(self) -> str:
        """The collection's URL path over all namespaces."""
        return f"{self._root}/{self.plural}"

    def path_in(self, namespace: str) -> str:
        """The URL path of what is in one namespace; of a cluster-scoped kind that is all."""
        if not self.namespaced:
            return self.path
        return f"{self._root}/namespaces/{namespace}/{self.plural}"

    @property
    def _root(self) -> str:
        return f"/apis/{self.group}/{self.version}" if self.group else f"/api/{self.version}"


def _core(evidence: Evidence, kind: str, *, namespaced: bool = True) -> ObservedKind:
    return ObservedKind(evidence, "", "v1", kind, evidence.value, namespaced)


def _in(group: str, evidence: Evidence, kind: str, *, namespaced: bool = True) -> ObservedKind:
    return ObservedKind(evidence, group, "v1", kind, evidence.value, namespaced)


def _engine(group: str, version: str, kind: str, *, plural: str, namespaced: bool) -> ObservedKind:
    """A kind of which only the metadata is read: it may select any pod within its scope."""
    return ObservedKind(
        Evidence.POLICY_ENGINES,
        group,
        version,
        kind,
        plural,
        namespaced,
        optional=True,
        any_version=True,
    )


def _subject_policy(version: str, kind: str, plural: str) -> ObservedKind:
    """A kind whose subject is read, which a version that nobody knows may say otherwise."""
    return ObservedKind(
        Evidence.POLICY_ENGINES,
        "policy.networking.k8s.io",
        version,
        kind,
        plural,
        namespaced=False,
        optional=True,
    )


def _maker(group: str, version: str, kind: str) -> ObservedKind:
    plural = f"{kind.lower()}es" if kind.endswith("s") else f"{kind.lower()}s"
    return ObservedKind(Evidence.SECRET_MAKERS, group, version, kind, plural, optional=True)


RBAC_KINDS: tuple[ObservedKind, ...] = (
    _in("rbac.authorization.k8s.io", Evidence.ROLES, "Role"),
    _in("rbac.authorization.k8s.io", Evidence.CLUSTER_ROLES, "ClusterRole", namespaced=False),
    _in("rbac.authorization.k8s.io", Evidence.ROLE_BINDINGS, "RoleBinding"),
    _in(
        "rbac.authorization.k8s.io",
        Evidence.CLUSTER_ROLE_BINDINGS,
        "ClusterRoleBinding",
        namespaced=False,
    ),
)
"""Who may do what."""

CORE_KINDS: tuple[ObservedKind, ...] = (
    _core(Evidence.NAMESPACES, "Namespace", namespaced=False),
    _core(Evidence.PODS, "Pod"),
    _core(Evidence.SERVICE_ACCOUNTS, "ServiceAccount"),
    _core(Evidence.SERVICES, "Service"),
    # Up to 1 MiB each.
    ObservedKind(Evidence.CONFIG_MAPS, "", "v1", "ConfigMap", "configmaps", page_size=50),
    _core(Evidence.REPLICATION_CONTROLLERS, "ReplicationController"),
    _in("networking.k8s.io", Evidence.NETWORK_POLICIES, "NetworkPolicy"),
    _in("apps", Evidence.DEPLOYMENTS, "Deployment"),
    _in("apps", Evidence.REPLICA_SETS, "ReplicaSet"),
    _in("apps", Evidence.STATEFUL_SETS, "StatefulSet"),
    _in("apps", Evidence.DAEMON_SETS, "DaemonSet"),
    _in("batch", Evidence.JOBS, "Job"),
    _in("batch", Evidence.CRON_JOBS, "CronJob"),
    *RBAC_KINDS,
)
"""Kinds that every supported cluster serves."""

POLICY_ENGINE_KINDS: tuple[ObservedKind, ...] = (
    _engine(
        "cilium.io", "v2", "CiliumNetworkPolicy", plural="ciliumnetworkpolicies", namespaced=True
    ),
    _engine(
        "cilium.io",
        "v2",
        "CiliumClusterwideNetworkPolicy",
        plural="ciliumclusterwidenetworkpolicies",
        namespaced=False,
    ),
    *(
        each
        for group, version in (("crd.projectcalico.org", "v1"), ("projectcalico.org", "v3"))
        for each in (
            _engine(group, version, "NetworkPolicy", plural="networkpolicies", namespaced=True),
            _engine(
                group,
                version,
                "GlobalNetworkPolicy",
                plural="globalnetworkpolicies",
                namespaced=False,
            ),
        )
    ),
    _engine("crd.antrea.io", "v1beta1", "NetworkPolicy", plural="networkpolicies", namespaced=True),
    _engine(
        "crd.antrea.io",
        "v1beta1",
        "ClusterNetworkPolicy",
        plural="clusternetworkpolicies",
        namespaced=False,
    ),
    _subject_policy("v1alpha1", "AdminNetworkPolicy", "adminnetworkpolicies"),
    _subject_policy("v1alpha1", "BaselineAdminNetworkPolicy", "baselineadminnetworkpolicies"),
    _subject_policy("v1alpha2", "ClusterNetworkPolicy", "clusternetworkpolicies"),
)
"""Policies that other engines enforce beside NetworkPolicy: watched only where installed."""

SECRET_MAKER_KINDS: tuple[ObservedKind, ...] = (
    _maker("bitnami.com", "v1alpha1", "SealedSecret"),
    _maker("external-secrets.io", "v1", "ExternalSecret"),
    _maker("external-secrets.io", "v1beta1", "ExternalSecret"),
    _maker("secrets.hashicorp.com", "v1beta1", "VaultStaticSecret"),
    _maker("secrets.hashicorp.com", "v1beta1", "VaultDynamicSecret"),
    _maker("secrets.hashicorp.com", "v1beta1", "VaultPKISecret"),
    _maker("cert-manager.io", "v1", "Certificate"),
    _maker("secrets-store.csi.x-k8s.io", "v1", "SecretProviderClass"),
    _maker("onepassword.com", "v1", "OnePasswordItem"),
    _maker("isindir.github.com", "v1alpha3", "SopsSecret"),
)
"""What names the Secrets that its controller makes: watched only where installed."""

OPTIONAL_KINDS = (*POLICY_ENGINE_KINDS, *SECRET_MAKER_KINDS)
"""Kinds that only some clusters serve."""

SOURCE_KINDS = (ObservedKind(Evidence.SECRETS_IN_SOURCE, "", "v1", "Secret", "secrets"),)
"""Kinds that are judged in files and never observed in a cluster."""

ENTRANCE_KINDS = (
    _in("networking.k8s.io", Evidence.INGRESSES, "Ingress"),
    ObservedKind(Evidence.INGRESSES, "route.openshift.io", "v1", "Route", "routes", optional=True),
)
"""Kinds that commands on connections read, and no check."""

BUILD_EVIDENCE: frozenset[Evidence] = frozenset(
    {
        Evidence.DOCKERFILES,
        Evidence.BASE_IMAGES,
        Evidence.BUILD_COMMANDS,
        Evidence.BUILD_CONTEXTS,
    }
)
"""What a Dockerfile and its folder are evidence of."""

ASSESSMENTS = ObservedKind(
    Evidence.ASSESSMENTS,
    "kube-assessor.dev",
    "v1alpha1",
    "SecurityAssessment",
    "securityassessments",
    page_size=200,
)
"""The operator's own kind. At 64 KiB each a page of them stays below 13 MB."""

WORKLOAD_EVIDENCE: frozenset[Evidence] = frozenset(
    {
        Evidence.PODS,
        Evidence.DEPLOYMENTS,
        Evidence.REPLICA_SETS,
        Evidence.STATEFUL_SETS,
        Evidence.DAEMON_SETS,
        Evidence.JOBS,
        Evidence.CRON_JOBS,
        Evidence.REPLICATION_CONTROLLERS,
    }
)
"""What must be readable before a root controller can be named."""
