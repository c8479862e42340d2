"""Which controls count: profile, include and exclude, applied in one order."""

from fnmatch import fnmatchcase

from assessor.catalogue.controls import Control
from assessor.engine.assessment import Reason
from assessor.engine.tailoring import Tailoring


def left_out(control: Control, tailoring: Tailoring) -> Reason | None:
    """Why ``control`` is not judged, None where it is.

    A cluster-scoped control stays one whatever a namespace selects. What the spec takes out of
    the profile is Excluded; what neither names is NotInProfile.
    """
    if control.cluster_only:
        return Reason.CLUSTER_SCOPE
    in_profile = control.id in tailoring.profile.controls
    included = _matches(control.id, tailoring.include) if tailoring.include else in_profile
    if _matches(control.id, tailoring.exclude):
        return Reason.EXCLUDED if in_profile or included else Reason.NOT_IN_PROFILE
    if included:
        return None
    return Reason.EXCLUDED if in_profile else Reason.NOT_IN_PROFILE


def _matches(control: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(control, pattern) for pattern in patterns)
