"""Where to read on about each control: the sources of its rules, and how to follow them."""

from collections.abc import Mapping

_DOCS = "https://kubernetes.io/docs"
_RBAC = f"{_DOCS}/concepts/security/rbac-good-practices/"
_RBAC_API = f"{_DOCS}/reference/access-authn-authz/rbac/"
_STANDARDS = f"{_DOCS}/concepts/security/pod-security-standards/"
_CONTEXT = f"{_DOCS}/tasks/configure-pod-container/security-context/"
_ACCOUNTS = f"{_DOCS}/concepts/security/service-accounts/"
_ADMIN = f"{_DOCS}/reference/access-authn-authz/service-accounts-admin/"
_AUTHENTICATION = f"{_DOCS}/reference/access-authn-authz/authentication/"
_AUDITING = f"{_DOCS}/tasks/debug/debug-cluster/audit/"
_SECRETS = f"{_DOCS}/concepts/security/secrets-good-practices/"
_POLICIES = f"{_DOCS}/concepts/services-networking/network-policies/"
_LINUX = f"{_DOCS}/concepts/security/linux-kernel-security-constraints/"
_IMAGES = f"{_DOCS}/concepts/containers/images/"
_CHECKLIST = f"{_DOCS}/concepts/security/security-checklist/"
_SKEW = "https://kubernetes.io/releases/version-skew-policy/"
_CIS = "https://www.cisecurity.org/benchmark/kubernetes"
_HARDENING = "https://media.defense.gov/2022/Aug/29/2003066362/-1/-1/0/CTR_KUBERNETES_HARDENING_GUIDANCE_1.2_20220829.PDF"
_DOCKERFILE = "https://docs.docker.com/build/building/best-practices/"
_CONTAINERS = "https://csrc.nist.gov/pubs/sp/800/190/final"
_SLSA = "https://slsa.dev/spec/v1.0/"

REFERENCES: Mapping[str, tuple[str, ...]] = {
    "AUTHN-01": (_AUTHENTICATION, _CHECKLIST),
    "AUTHN-02": (_ACCOUNTS, _ADMIN),
    "AUTHN-03": (f"{_DOCS}/setup/best-practices/certificates/", "https://cert-manager.io/docs/"),
    "AUTHN-04": (_ACCOUNTS, _AUTHENTICATION),
    "AUTHZ-01": (_RBAC, _RBAC_API),
    "AUTHZ-02": (_ACCOUNTS, _RBAC),
    "AUTHZ-03": (_RBAC, _CHECKLIST),
    "AUTHZ-04": (f"{_AUTHENTICATION}#user-impersonation", _RBAC),
    "AUTHZ-05": (_RBAC, _HARDENING),
    "AUTHZ-06": (f"{_DOCS}/concepts/security/multi-tenancy/",),
    "AUTHZ-07": (_RBAC, _CHECKLIST),
    "SECRET-01": (_SECRETS, f"{_DOCS}/tasks/administer-cluster/encrypt-data/"),
    "SECRET-02": (
        _SECRETS,
        f"{_DOCS}/tasks/inject-data-application/distribute-credentials-secure/",
    ),
    "SECRET-03": (_SECRETS, "https://github.com/bitnami-labs/sealed-secrets"),
    "CLUSTER-01": (f"{_DOCS}/setup/best-practices/certificates/", _CIS),
    "CLUSTER-02": (_HARDENING,),
    "CLUSTER-03": (f"{_DOCS}/concepts/security/pod-security-admission/", _CHECKLIST),
    "CLUSTER-04": (_CIS,),
    "CLUSTER-05": (_SKEW,),
    "CLUSTER-06": (f"{_DOCS}/concepts/containers/runtime-class/",),
    "CLUSTER-07": (_CIS, _CHECKLIST),
    "AUDIT-01": (_AUDITING,),
    "AUDIT-02": (_AUDITING, _RBAC),
    "AUDIT-03": (_AUDITING, _SECRETS),
    "AUDIT-04": (_AUDITING, _HARDENING),
    "AUDIT-05": (f"{_DOCS}/concepts/cluster-administration/observability/",),
    "AUDIT-06": (_HARDENING,),
    "NODE-01": (_HARDENING, _CIS),
    "NODE-02": (_CIS, _CONTAINERS),
    "NODE-03": (_CIS, _CONTAINERS),
    "NODE-04": (_HARDENING, f"{_DOCS}/tasks/administer-cluster/cluster-upgrade/"),
    "NET-01": (_POLICIES, _HARDENING),
    "NET-02": (_HARDENING,),
    "NET-03": (_CHECKLIST, _HARDENING),
    "WORKLOAD-01": (_STANDARDS, _CONTEXT),
    "WORKLOAD-02": (_STANDARDS, _CONTEXT),
    "WORKLOAD-03": (_STANDARDS, _CONTEXT),
    "WORKLOAD-04": (_CONTEXT, _HARDENING),
    "WORKLOAD-05": (_STANDARDS,),
    "WORKLOAD-06": (_STANDARDS, f"{_DOCS}/concepts/configuration/overview/"),
    "WORKLOAD-07": (_STANDARDS, f"{_DOCS}/tasks/administer-cluster/sysctl-cluster/"),
    "WORKLOAD-08": (_STANDARDS, f"{_DOCS}/concepts/storage/volumes/#hostpath"),
    "WORKLOAD-09": (f"{_DOCS}/concepts/configuration/manage-resources-containers/",),
    "WORKLOAD-10": (_STANDARDS, f"{_CONTEXT}#set-capabilities-for-a-container"),
    "WORKLOAD-11": (_STANDARDS, _LINUX, f"{_DOCS}/tutorials/security/seccomp/"),
    "WORKLOAD-12": (_CHECKLIST,),
    "IMAGE-01": (_DOCKERFILE,),
    "IMAGE-02": (_DOCKERFILE,),
    "IMAGE-03": (_DOCKERFILE,),
    "IMAGE-04": (_DOCKERFILE, _SLSA),
    "IMAGE-05": ("https://docs.docker.com/build/building/secrets/",),
    "IMAGE-06": (_DOCKERFILE, _CONTAINERS),
    "IMAGE-07": (_CONTAINERS,),
    "IMAGE-08": (_CONTAINERS,),
    "IMAGE-09": ("https://docs.docker.com/build/concepts/context/#dockerignore-files",),
    "IMAGE-10": ("https://docs.docker.com/build/building/multi-stage/",),
    "IMAGE-11": (_DOCKERFILE,),
    "IMAGE-12": (_DOCKERFILE,),
    "IMAGE-13": (_IMAGES,),
    "IMAGE-14": (_CONTAINERS,),
    "IMAGE-15": (f"{_DOCS}/tasks/administer-cluster/verify-signed-artifacts/", _SLSA),
    "IMAGE-16": (_CONTAINERS,),
    "IMAGE-17": (_CONTAINERS, _CHECKLIST),
    "IMAGE-18": (_SLSA,),
}
"""Addresses by control; a test holds every control to have some."""
