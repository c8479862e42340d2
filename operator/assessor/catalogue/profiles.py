"""The built-in profiles: named selections of controls."""

from collections.abc import Mapping
from types import MappingProxyType

from assessor.catalogue.checklist import CONTROLS

DEFAULT_PROFILE = "restricted"
"""The profile of an assessment that names none."""

_BASELINE = frozenset(
    {
        "NET-01",
        "AUTHZ-01",
        "AUTHZ-02",
        "AUTHZ-04",
        # What the baseline level of the Pod Security Standards forbids.
        "WORKLOAD-03",
        "WORKLOAD-05",
        "WORKLOAD-06",
        "WORKLOAD-07",
        "WORKLOAD-08",
        "WORKLOAD-10",
        "WORKLOAD-11",
    }
)

BUILT_IN_PROFILES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "baseline": _BASELINE,
        "restricted": frozenset(control.id for control in CONTROLS if not control.cluster_only),
        "full": frozenset(control.id for control in CONTROLS),
    }
)
"""Control ids by profile: ``restricted`` is every control of scope N or B, ``full`` is all."""
