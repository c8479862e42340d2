"""Authorization: who may do what, and who runs as whom."""

from assessor.catalogue.controls import Control, Section
from assessor.catalogue.sections.scopes import N_C, C, N
from assessor.kernel.severity import Severity

AUTHORIZATION = (
    Control(
        "AUTHZ-01",
        "RBAC by least privilege, within the namespace",
        Section.AUTHORIZATION,
        N_C,
        Severity.CRITICAL,
        "Whoever takes over a workload or an account holds its rights. Rights that are "
        "neither needed nor confined to the namespace turn one break-in into many.",
    ),
    Control(
        "AUTHZ-02",
        "Unique service accounts",
        Section.AUTHORIZATION,
        N,
        Severity.HIGH,
        "Workloads that share an account share their rights, and the audit log cannot tell "
        "them apart. One of them cannot be given more, or have it taken away, without the "
        "other.",
    ),
    Control(
        "AUTHZ-03",
        "Formal approval for access to production",
        Section.AUTHORIZATION,
        N,
        Severity.MEDIUM,
        "Access that goes through review has a reason and an end. Access that is granted by "
        "hand is forgotten.",
    ),
    Control(
        "AUTHZ-04",
        "No user impersonation",
        Section.AUTHORIZATION,
        N_C,
        Severity.CRITICAL,
        "Whoever may impersonate acts with another's rights and under another's name, which "
        "defeats RBAC and accountability at once.",
    ),
    Control(
        "AUTHZ-05",
        "Privileged access management for the cluster",
        Section.AUTHORIZATION,
        C,
        Severity.MEDIUM,
        "Administrators who come through an access broker get short-lived rights, and their "
        "sessions are recorded.",
    ),
    Control(
        "AUTHZ-06",
        "Segmentation into namespaces",
        Section.AUTHORIZATION,
        N,
        Severity.MEDIUM,
        "Quotas, network policies and rights all end at a namespace. Systems that share one "
        "cannot be kept apart by any of them.",
    ),
    Control(
        "AUTHZ-07",
        "Regular RBAC audits",
        Section.AUTHORIZATION,
        N_C,
        Severity.LOW,
        "Rights accumulate. Only a repeated look finds those whose reason is gone.",
    ),
)
