"""From a spec and a Snapshot to a status: where the API's words meet the engine's."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from assessor.api.security_assessment import SecurityAssessmentSpec
from assessor.catalogue.checklist import CATALOGUE_VERSION, CONTROLS
from assessor.catalogue.checks import Check
from assessor.catalogue.profiles import BUILT_IN_PROFILES
from assessor.checks.loading import load
from assessor.engine.assess import assess
from assessor.engine.assessment import Assessment
from assessor.engine.tailoring import Tailoring
from assessor.inventory.snapshot import GapReason, Snapshot
from assessor.kernel.errors import InputError
from assessor.kernel.severity import Severity
from assessor.reporting.status import Ready, render_status


class ProfileNotFoundError(InputError):
    """The spec names a profile that does not exist."""


class Judge:
    """Runs the loaded checks for a spec."""

    def __init__(self, checks: Sequence[Check] | None = None) -> None:
        """``checks``: those to run; all that the package holds by default."""
        self.checks = load() if checks is None else tuple(checks)

    def assess(self, spec: SecurityAssessmentSpec, snapshot: Snapshot) -> Assessment:
        """Judge a namespace as ``spec`` asks; ProfileNotFoundError."""
        return assess(snapshot, controls=CONTROLS, checks=self.checks, tailoring=tailoring(spec))

    def status(
        self,
        spec: SecurityAssessmentSpec,
        snapshot: Snapshot,
        *,
        generation: int,
        previous: Mapping[str, Any],
        now: datetime,
        next_at: datetime,
    ) -> dict[str, Any]:
        """Judge, and render the complete status; ProfileNotFoundError."""
        assessment = self.assess(spec, snapshot)
        return render_status(
            assessment,
            ready=_readiness(assessment),
            generation=generation,
            max_findings=spec.reporting.max_findings,
            previous=previous,
            now=now,
            next_at=next_at,
            catalogue_version=CATALOGUE_VERSION,
        )


def tailoring(spec: SecurityAssessmentSpec) -> Tailoring:
    """Map a spec onto the engine's input; ProfileNotFoundError names the built-in profiles."""
    profile = BUILT_IN_PROFILES.get(spec.profile)
    if profile is None:
        known = ", ".join(sorted(BUILT_IN_PROFILES))
        raise ProfileNotFoundError(f"spec.profile: no profile {spec.profile!r}; there are {known}")
    return Tailoring(
        profile=profile,
        include=tuple(spec.controls.include),
        exclude=tuple(spec.controls.exclude),
        severities={
            control: Severity.parse(label) for control, label in spec.controls.severities.items()
        },
        fail_on=Severity.parse(spec.fail_on),
    )


def _readiness(assessment: Assessment) -> Ready:
    """Ready means current: it is lost while evidence is stale, whatever the verdict."""
    stale = sorted(gap.evidence for gap in assessment.gaps if gap.reason is GapReason.STALE)
    if stale:
        return Ready("False", "EvidenceStale", f"No fresh view of {', '.join(stale)}.")
    return Ready("True", "Assessed", "The assessment is current.")
