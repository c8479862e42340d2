"""The risk catalogue of rbac.md as data, one subject to a file."""

from assessor.analysis.rbac.risk_table.cluster import CLUSTER
from assessor.analysis.rbac.risk_table.escalation import ESCALATION
from assessor.analysis.rbac.risk_table.impersonation import IMPERSONATION
from assessor.analysis.rbac.risk_table.secrets import SECRETS
from assessor.analysis.rbac.risk_table.traffic import TRAFFIC
from assessor.analysis.rbac.risk_table.workloads import WORKLOADS

RISKS = (*ESCALATION, *SECRETS, *WORKLOADS, *CLUSTER, *TRAFFIC)
"""The risks of AUTHZ-01, except those of wildcards."""

__all__ = ["IMPERSONATION", "RISKS"]
