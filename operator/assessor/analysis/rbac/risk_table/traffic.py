"""Rights over the network."""

from assessor.analysis.rbac.risks import Risk, tier
from assessor.kernel.severity import Severity

TRAFFIC = (
    Risk(
        "traffic-capture",
        (
            tier(
                "draw other workloads' traffic to itself",
                Severity.MEDIUM,
                Severity.HIGH,
                ("services-write", "traffic-write", "slices-write", "routes-write"),
            ),
        ),
        """Services with external addresses, their status, endpoints, endpointslices and gateway
        routes decide where traffic goes: who writes them reads it.""",
        """\
Leave services and routes to what deploys the workload; remove write rights on endpoints,
endpointslices and services/status altogether.""",
    ),
    Risk(
        "change-network-policies",
        (
            tier(
                "change NetworkPolicies",
                Severity.HIGH,
                Severity.HIGH,
                ("networkpolicies-write",),
            ),
        ),
        """A workload whose account writes NetworkPolicies takes off its own isolation, and whoever
        takes over the workload does so too.

        Policies only add up: deleting one may open, and creating one may open as well.""",
        """\
Remove create, update, patch and delete on networkpolicies; leave policies to the pipeline or
GitOps controller that reviews them.""",
    ),
)
