"""The built-in profiles: named selections of controls, and of checks within a control."""

from collections.abc import Mapping
from types import MappingProxyType

from msgspec import Struct

from assessor.catalogue.checklist import CONTROLS
from assessor.catalogue.checks import Check
from assessor.catalogue.pod_security import BASELINE, RESTRICTED

DEFAULT_PROFILE = "restricted"
"""The profile of an assessment that names none."""


class Profile(Struct, frozen=True):
    """The ids of the controls that are judged; ``checks``: by which ids, where not by all."""

    controls: frozenset[str]
    checks: Mapping[str, frozenset[str]] = {}

    def runs(self, check: Check) -> bool:
        """Whether the check counts for its control; all do for one that the profile leaves out."""
        chosen = self.checks.get(check.control)
        return chosen is None or check.id in chosen


def _only(checks: Mapping[str, frozenset[str]], *controls: str) -> Profile:
    """These checks, and every check of the controls."""
    return Profile(frozenset((*checks, *controls)), checks)


BUILT_IN_PROFILES: Mapping[str, Profile] = MappingProxyType(
    {
        "baseline": _only(BASELINE, "NET-01", "AUTHZ-01", "AUTHZ-02", "AUTHZ-04"),
        "restricted": Profile(frozenset(each.id for each in CONTROLS if not each.cluster_only)),
        "full": Profile(frozenset(control.id for control in CONTROLS)),
        "pss-baseline": _only(BASELINE),
        "pss-restricted": _only(RESTRICTED),
    }
)
"""By name: ``restricted`` is every control of scope N or B, ``full`` is all; ``pss-…`` are the
levels of the Pod Security Standards and nothing else."""
