"""Rights that reveal Secrets or mint tokens."""

from assessor.analysis.rbac.risks import Risk, tier
from assessor.kernel.severity import Severity

_RUNS = ("pods-create", "apps-write", "batch-write", "controllers-write")

SECRETS = (
    Risk(
        "read-secrets",
        (
            tier(
                "read all Secrets at once",
                Severity.HIGH,
                Severity.CRITICAL,
                ("secrets-list",),
                named=Severity.LOW,
                may_named="read Secrets that are named",
            ),
            tier(
                "read any Secret whose name it knows",
                Severity.MEDIUM,
                Severity.HIGH,
                ("secrets-get",),
                named=Severity.LOW,
                may_named="read Secrets that are named",
            ),
        ),
        """Who lists or watches Secrets has the content of them all; who gets them needs a name,
        and names are guessed or read from workloads.

        Limited to named Secrets it is Low.""",
        """\
Name the Secrets that are needed, and mount them where a pod needs them:
- apiGroups: [""]
  resources: [secrets]
  verbs: [get]
  resourceNames: [ONE-SECRET]""",
    ),
    Risk(
        "mint-token-secret",
        (
            tier(
                "make a token of any service account by a Secret, and get at it",
                Severity.HIGH,
                Severity.CRITICAL,
                ("secrets-create",),
                ("secrets-list", "secrets-get", "secrets-patch", *_RUNS),
                unlimited=True,
            ),
            tier(
                "make bootstrap tokens, by which nodes join the cluster",
                Severity.HIGH,
                Severity.HIGH,
                ("secrets-create",),
                only_in="kube-system",
            ),
        ),
        """A Secret of type kubernetes.io/service-account-token is filled with a lasting token of
        the account that it names: who creates one and reads it, or runs a pod that mounts it, is
        that account; a patch answers with the Secret, and so reads it. One name for
        it is enough. In kube-system a Secret of
        type bootstrap.kubernetes.io/token lets a node join; to create it is enough.""",
        """\
Remove create on secrets, or the right to read them and to run pods, from one of the two roles.""",
    ),
    Risk(
        "token-request",
        (
            tier(
                "make tokens of service accounts",
                Severity.HIGH,
                Severity.CRITICAL,
                ("token-request",),
            ),
        ),
        """create on serviceaccounts/token makes a token of any account, and with it all that this
        account may do.""",
        """\
Limit it to the account that is needed:
- apiGroups: [""]
  resources: [serviceaccounts/token]
  verbs: [create]
  resourceNames: [ONE-ACCOUNT]""",
    ),
)
