"""What Kubernetes 1.37 binds by itself, as atoms; a test holds it against the API server."""

CONTROLLER_POWERS: dict[tuple[str, str], str] = {
    ("", "attachdetach-controller"): "nodes-change nodes-status",
    ("", "certificate-controller"): "csr-approval signers-approve signers-sign csr-status",
    ("", "clusterrole-aggregation-controller"): "clusterroles-escalate clusterroles-write",
    ("", "cronjob-controller"): "pods-delete batch-write",
    ("", "daemon-set-controller"): "pods-create pods-change pods-delete",
    ("", "deployment-controller"): "pods-change apps-write",
    ("", "device-taint-eviction-controller"): "pods-delete pods-status",
    ("", "disruption-controller"): "any-group pods-status",
    ("", "endpoint-controller"): "traffic-write",
    ("", "endpointslice-controller"): "slices-write",
    ("", "endpointslicemirroring-controller"): "slices-write",
    ("", "generic-garbage-collector"): (
        "any-resource any-group secrets-list secrets-get pods-change pods-proxy pods-delete "
        "pods-status namespaces-delete controllers-write nodes-change nodes-status nodes-proxy "
        "nodes-read namespaces-change services-write traffic-write events-delete "
        "configmap-aws-auth configmap-coredns configmap-extension-apiserver-authentication "
        "roles-write clusterroles-write bindings-write clusterbindings-write apps-write "
        "batch-write networkpolicies-write slices-write routes-write events-delete-new "
        "csr-approval csr-status webhooks-write policies-write crds-write apiservices-write "
        "deputy-argoproj.io deputy-kustomize.toolkit.fluxcd.io deputy-helm.toolkit.fluxcd.io "
        "deputy-tekton.dev deputy-pkg.crossplane.io deputy-apiextensions.crossplane.io "
        "admission-kyverno.io admission-templates.gatekeeper.sh "
        "admission-constraints.gatekeeper.sh admission-policies.kubewarden.io"
    ),
    ("", "horizontal-pod-autoscaler"): "any-resource any-group admission-constraints.gatekeeper.sh",
    ("", "job-controller"): "pods-create pods-change pods-delete batch-write",
    ("", "namespace-controller"): (
        "any-resource any-group secrets-list secrets-get pods-proxy pods-delete core-delete-all "
        "namespaces-delete nodes-proxy nodes-read events-delete configmap-aws-auth "
        "configmap-coredns configmap-extension-apiserver-authentication apps-delete-all "
        "batch-delete-all networkpolicies-write events-delete-new webhooks-write policies-write "
        "admission-kyverno.io admission-templates.gatekeeper.sh "
        "admission-constraints.gatekeeper.sh admission-policies.kubewarden.io"
    ),
    ("", "node-controller"): "pods-delete pods-status nodes-change nodes-status",
    ("", "persistent-volume-binder"): "pods-create pods-delete volumes-create",
    ("", "pod-garbage-collector"): "pods-delete pods-status",
    ("", "replicaset-controller"): "pods-create pods-change pods-delete apps-write",
    ("", "replication-controller"): "pods-create pods-change pods-delete controllers-write",
    ("", "resource-claim-controller"): "pods-status",
    ("", "resourcequota-controller"): "any-resource any-group secrets-list",
    ("", "root-ca-cert-publisher"): (
        "configmap-aws-auth configmap-coredns configmap-extension-apiserver-authentication"
    ),
    ("", "route-controller"): "nodes-change nodes-status",
    ("", "service-controller"): "traffic-write",
    ("", "statefulset-controller"): "pods-create pods-change pods-delete",
    ("", "storage-version-migrator-controller"): (
        "any-resource any-group secrets-list pods-change pods-proxy pods-status "
        "controllers-write nodes-change nodes-status namespaces-change services-write "
        "traffic-write configmap-aws-auth configmap-coredns "
        "configmap-extension-apiserver-authentication roles-write clusterroles-write "
        "bindings-write clusterbindings-write apps-write batch-write networkpolicies-write "
        "slices-write routes-write csr-approval csr-status webhooks-write policies-write "
        "crds-write apiservices-write deputy-argoproj.io deputy-kustomize.toolkit.fluxcd.io "
        "deputy-helm.toolkit.fluxcd.io deputy-tekton.dev deputy-pkg.crossplane.io "
        "deputy-apiextensions.crossplane.io admission-kyverno.io "
        "admission-templates.gatekeeper.sh admission-constraints.gatekeeper.sh "
        "admission-policies.kubewarden.io"
    ),
    ("", "ttl-controller"): "nodes-change",
    ("kube-system", "bootstrap-signer"): "secrets-list secrets-get",
    ("kube-system", "cloud-provider"): (
        "configmap-aws-auth configmap-coredns configmap-extension-apiserver-authentication"
    ),
    ("kube-system", "token-cleaner"): "secrets-list secrets-get",
}
"""The rights of ``system:controller:<account>``: namespace of the role, account, atoms.

Controllers that are not listed hold no right of the atom table.
"""

BUILT_IN_POWERS: dict[str, str] = {
    "admin": (
        "secrets-list secrets-get secrets-create token-request pods-create pods-change "
        "pods-exec pods-forward pods-proxy pods-delete pods-evict core-delete-all "
        "controllers-write services-write events-delete impersonate-account configmap-aws-auth "
        "configmap-coredns configmap-extension-apiserver-authentication roles-write "
        "bindings-write apps-write apps-delete-all batch-write batch-delete-all "
        "networkpolicies-write events-delete-new"
    ),
    "edit": (
        "secrets-list secrets-get secrets-create token-request pods-create pods-change "
        "pods-exec pods-forward pods-proxy pods-delete pods-evict core-delete-all "
        "controllers-write services-write events-delete impersonate-account configmap-aws-auth "
        "configmap-coredns configmap-extension-apiserver-authentication apps-write "
        "apps-delete-all batch-write batch-delete-all networkpolicies-write events-delete-new"
    ),
}
"""The rights of the roles that are made to be bound to people; `view` holds none of the table's."""

OTHER_BINDINGS: dict[tuple[str, str], tuple[str, frozenset[str]]] = {
    ("kube-system", "system::leader-locking-kube-controller-manager"): (
        "system::leader-locking-kube-controller-manager",
        frozenset(
            {
                "user:system:kube-controller-manager",
                "sa:kube-system/kube-controller-manager",
                "sa:kube-system/leader-election-controller",
            }
        ),
    ),
    ("kube-system", "system::leader-locking-kube-scheduler"): (
        "system::leader-locking-kube-scheduler",
        frozenset({"user:system:kube-scheduler", "sa:kube-system/kube-scheduler"}),
    ),
    ("", "system:kube-dns"): ("system:kube-dns", frozenset({"sa:kube-system/kube-dns"})),
}
"""Default bindings to service accounts under other names: namespace, name, role and subjects.

Their roles hold no right of the atom table.
"""
