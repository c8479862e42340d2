"""Rights to act as somebody else: AUTHZ-04."""

from assessor.analysis.rbac.risks import Risk, tier
from assessor.kernel.severity import Severity

_CONSTRAINED = (
    "impersonate-user-info",
    "impersonate-arbitrary-node",
    "impersonate-associated-node",
)

IMPERSONATION = (
    Risk(
        "impersonate",
        (
            tier("impersonate any user", None, Severity.CRITICAL, ("impersonate-user",)),
            tier(
                "impersonate service accounts as members of any group",
                Severity.CRITICAL,
                Severity.CRITICAL,
                ("impersonate-account",),
                ("impersonate-group",),
            ),
            tier(
                "impersonate the service accounts",
                Severity.HIGH,
                Severity.CRITICAL,
                ("impersonate-account",),
            ),
            tier(
                "impersonate service accounts, as far as constraints allow",
                Severity.MEDIUM,
                Severity.HIGH,
                ("impersonate-serviceaccount",),
            ),
            tier(
                "impersonate users or nodes, as far as constraints allow",
                None,
                Severity.HIGH,
                _CONSTRAINED,
            ),
        ),
        """A subject that may impersonate acts with another's rights and under another's name.

        Users, groups, UIDs and extra fields are cluster-scoped: a RoleBinding grants nothing on
        them, but everything on the service accounts of its namespace. Groups, UIDs and extra
        fields alone are useless; together with an account, a group such as system:masters is
        everything. Constrained impersonation (Kubernetes 1.36) takes further rights for each
        verb.""",
        """\
Remove the verb impersonate. Where support staff needs it, grant it to people, by name of the
user to act as, and watch the audit log for impersonatedUser:
- apiGroups: [""]
  resources: [serviceaccounts]
  verbs: [impersonate]
  resourceNames: [ONE-ACCOUNT]""",
    ),
)
