"""What a NetworkPolicy means: its directions, and the rules that are in force in each."""

from enum import StrEnum

from assessor.inventory.network import NetworkPolicy, PolicyRule


class Direction(StrEnum):
    """A direction of traffic, spelt as in policyTypes."""

    INGRESS = "Ingress"
    EGRESS = "Egress"

    @property
    def field(self) -> str:
        """The path of a policy's rules for it."""
        return f"spec.{self.lower()}"


def includes(policy: NetworkPolicy, direction: Direction) -> bool:
    """Whether the policy isolates the pods that it selects in this direction.

    Missing policyTypes mean Ingress, and Egress where there are egress rules
    (networking.k8s.io/v1 NetworkPolicySpec).
    """
    if policy.policy_types is not None:
        return direction in policy.policy_types
    return direction is Direction.INGRESS or bool(policy.egress)


def rules_in_force(policy: NetworkPolicy, direction: Direction) -> tuple[PolicyRule, ...]:
    """The rules of a direction; none where policyTypes leave it out, which makes them inert."""
    if not includes(policy, direction):
        return ()
    return policy.ingress if direction is Direction.INGRESS else policy.egress
