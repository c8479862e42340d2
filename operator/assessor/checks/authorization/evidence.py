"""What must be readable before one can say who runs as whom."""

from assessor.inventory.kinds import WORKLOAD_EVIDENCE, Evidence

WORKLOADS_AND_ACCOUNTS = WORKLOAD_EVIDENCE | {Evidence.SERVICE_ACCOUNTS}
