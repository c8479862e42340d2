"""What must be readable before NetworkPolicies can be judged."""

from assessor.inventory.kinds import WORKLOAD_EVIDENCE, Evidence

POLICIES = frozenset({Evidence.NETWORK_POLICIES, Evidence.POLICY_ENGINES})
"""Policies of other engines may allow what these forbid, and forbid what these allow."""

ABSENT_POLICIES = frozenset({Evidence.NETWORK_POLICIES})
"""Judged where the finding is that no policy does something."""

POLICIES_AND_WORKLOADS = POLICIES | WORKLOAD_EVIDENCE

POLICIES_AND_PEERS = POLICIES_AND_WORKLOADS | {Evidence.NAMESPACES}
"""Whom a peer means in other namespaces is told by their labels."""
