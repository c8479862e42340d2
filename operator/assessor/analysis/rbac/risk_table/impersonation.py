"""Rights to act as somebody else: AUTHZ-04."""

from assessor.analysis.rbac.risks import Risk, Tier, tier
from assessor.kernel.severity import Severity

_MODES = {
    "serviceaccount": "service accounts",
    "user-info": "users",
    "arbitrary-node": "nodes",
    "associated-node": "the node that it runs on",
}
"""The modes of constrained impersonation, and whom they are about."""


def _constrained(mode: str, whom: str) -> Tier:
    """One mode: ``impersonate:<mode>`` with some ``impersonate-on:<mode>:<verb>`` (KEP-5284)."""
    return tier(
        f"impersonate {whom}, for some requests",
        Severity.MEDIUM,
        Severity.HIGH,
        (f"impersonate-{mode}",),
        (f"act-{mode}", f"act-{mode}-cluster"),
    )


IMPERSONATION = (
    Risk(
        "impersonate",
        (
            tier(
                "impersonate any user",
                None,
                Severity.CRITICAL,
                ("impersonate-user",),
                may_named="impersonate users that are named",
            ),
            tier(
                "impersonate members of a group that may do everything",
                Severity.CRITICAL,
                Severity.CRITICAL,
                ("impersonate-user", "impersonate-account"),
                ("impersonate-masters",),
                named=Severity.CRITICAL,
                may_named="impersonate members of a group that may do everything",
            ),
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
                may_named="impersonate service accounts that are named",
            ),
            *(_constrained(mode, whom) for mode, whom in _MODES.items()),
        ),
        """A subject that may impersonate acts with another's rights and under another's name.

        Users, groups, UIDs and extra fields are cluster-scoped: a RoleBinding grants nothing on
        them, but everything on the service accounts of its namespace. Groups, UIDs and extra
        fields alone are useless; together with an account, a group such as system:masters is
        everything. Constrained impersonation (Kubernetes 1.36) takes the right to a mode and, for
        each verb, one on what is then done; either alone is none.""",
        """\
Remove the verb impersonate. Where support staff needs it, grant it to people, by name of the
user to act as, and watch the audit log for impersonatedUser:
- apiGroups: [""]
  resources: [serviceaccounts]
  verbs: [impersonate]
  resourceNames: [ONE-ACCOUNT]""",
    ),
)
