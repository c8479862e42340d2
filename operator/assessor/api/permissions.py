"""What each right of the operator is for, beside reading evidence: the one place that says so.

Whoever gives the operator a right adds its purpose here; the rules of the generated ClusterRole and
docs/permissions.md follow from it, and tests hold both and the manifests against one another.
"""

from collections.abc import Mapping

from msgspec import Struct

from assessor.api.security_assessment import GROUP, PLURAL


class Purpose(Struct, frozen=True):
    """Rights on one resource, what they are for, and what breaks, visibly, without one of them.

    ``name`` is the only object that they are for; empty for all.
    """

    group: str
    resource: str
    verbs: tuple[str, ...]
    reason: str
    without: str
    name: str = ""


OPERATOR = "kube-assessor"
LEASES = "kube-assessor-leases"
METRICS_AUTH = "kube-assessor-metrics-auth"

_LISTED = (
    "Nothing is judged: `/readyz` answers 503 and"
    f' `kube_assessor_informer_usable{{resource="{PLURAL}"}}` is 0.'
)
_DEFINED = (
    "Nothing else breaks: a kind that was installed late is found by the next try, within 30 s."
    " The log says why, ever more seldom."
)
_LED = (
    "Nothing is written: `kube_assessor_leading` stays 0, and the log says why at each try. Only"
    " with `--leader-elect`."
)

_REFUSED = (
    "`/metrics` answers 503 to every scrape, and a warning says why. Only with `--metrics-auth"
    " kubernetes`."
)

PURPOSES: Mapping[str, tuple[Purpose, ...]] = {
    OPERATOR: (
        Purpose(GROUP, PLURAL, ("list", "watch"), "What is asked for.", _LISTED),
        Purpose(
            GROUP,
            f"{PLURAL}/status",
            ("patch",),
            "The verdicts.",
            "No status is written: `assessment not written` in the log, and"
            ' `kube_assessor_errors_total{place="write"}` counts.',
        ),
        Purpose(
            "",
            "events",
            ("create",),
            "Transitions, told on the assessment.",
            "None is told: `event dropped` in the log, and"
            ' `kube_assessor_errors_total{place="event"}` counts.',
        ),
        Purpose(
            "",
            "events",
            ("patch",),
            "Repetitions of a transition: the Event's count.",
            "Repetitions are not told, as above; what happens for the first time is.",
        ),
        # kopf looks for the definition of the kinds that it serves.
        Purpose(
            "apiextensions.k8s.io",
            "customresourcedefinitions",
            ("list", "watch"),
            "That the definition of its own kind came or changed.",
            _DEFINED,
        ),
    ),
    LEASES: (
        Purpose(
            "coordination.k8s.io",
            "leases",
            ("create",),
            "The Lease of whoever leads; a name cannot be asked of what is not there yet.",
            f"{_LED} A Lease that exists is taken all the same.",
        ),
        Purpose(
            "coordination.k8s.io",
            "leases",
            ("get", "patch"),
            "To look at the Lease, to take it and to renew it.",
            _LED,
            OPERATOR,
        ),
        Purpose(
            "coordination.k8s.io",
            "leases",
            ("watch",),
            "To learn at once that it was given back.",
            "It is learnt by the next look, after `--leader-elect-retry-period`.",
            OPERATOR,
        ),
    ),
    METRICS_AUTH: (
        Purpose(
            "authentication.k8s.io",
            "tokenreviews",
            ("create",),
            "Whose token a scrape carries; optional. Nothing is stored by asking.",
            _REFUSED,
        ),
        Purpose(
            "authorization.k8s.io",
            "subjectaccessreviews",
            ("create",),
            "Whether its owner may get `/metrics`; optional. Nothing is stored by asking.",
            _REFUSED,
        ),
    ),
}
"""By the name of the Role or ClusterRole."""

FILES: Mapping[str, str] = {
    OPERATOR: "base/clusterrole.yaml",
    LEASES: "base/leases.yaml",
    METRICS_AUTH: "components/metrics-auth/clusterrole.yaml",
}
"""Where each of these is, below manifests/."""
