"""What the engine returns: verdicts, findings and sums, as frozen values."""

from enum import StrEnum

from msgspec import Struct

from assessor.catalogue.controls import Section
from assessor.catalogue.patches import Patch
from assessor.inventory.dockerfiles.places import Edits, Span
from assessor.inventory.snapshot import EvidenceGap
from assessor.kernel.refs import ObjectRef
from assessor.kernel.severity import Severity


class Result(StrEnum):
    """The result of a control; the values are the API's."""

    PASS = "Pass"  # noqa: S105 - a verdict, not a password
    FAIL = "Fail"
    WAIVED = "Waived"
    UNKNOWN = "Unknown"
    NOT_APPLICABLE = "NotApplicable"
    ERROR = "Error"


class Reason(StrEnum):
    """Why a control has its result; see docs/design/api.md for the table."""

    FINDINGS = "Findings"
    CHECK_FAILED = "CheckFailed"
    FORBIDDEN = "Forbidden"
    NOT_INSTALLED = "NotInstalled"
    STALE = "Stale"
    MALFORMED = "Malformed"
    PARTIAL = "Partial"
    NOT_EVALUATED = "NotEvaluated"
    NOT_AUTOMATED = "NotAutomated"
    WAIVED = "Waived"
    NO_FINDINGS = "NoFindings"
    NO_SUBJECTS = "NoSubjects"
    CLUSTER_SCOPE = "ClusterScope"
    EXCLUDED = "Excluded"
    NOT_IN_PROFILE = "NotInProfile"


class Basis(StrEnum):
    """How a verdict is known."""

    OBSERVED = "Observed"
    REPORTED = "Reported"
    ATTESTED = "Attested"


class Finding(Struct, frozen=True):
    """One problem, on one object, with what to do about it.

    ``fingerprint``: 16 hex digits of sha256 over (check, namespace, root group/kind/name,
    container or stage, key): no UID, index, message or severity. ``patch`` is the problem's; it is
    not written into any status. ``place``, ``stage`` and ``edits`` are a Dockerfile's.
    """

    check: str
    control: str
    severity: Severity
    object: ObjectRef
    message: str
    remediation: str
    fingerprint: str
    path: str = ""
    container: str = ""
    patch: Patch = ()
    place: Span | None = None
    stage: str = ""
    edits: Edits = ()


def worst_first(finding: Finding) -> tuple[object, ...]:
    """Sort key: by severity, then by nothing that depends on the order of observation."""
    return (
        -finding.severity,
        finding.control,
        finding.object,
        finding.check,
        finding.path,
        finding.fingerprint,
        finding.message,
    )


class Verdict(Struct, frozen=True):
    """A control's result. ``severity`` is the worst failing finding's, else the default.

    ``evaluated`` counts distinct objects examined, ``failing`` those with a failing finding;
    ``basis`` is None where nothing was looked at. ``incomplete``: some of its checks lacked
    evidence or raised, so that what was found may not be the worst.
    """

    control: str
    result: Result
    reason: Reason
    severity: Severity
    evaluated: int = 0
    failing: int = 0
    message: str = ""
    basis: Basis | None = None
    incomplete: bool = False


class SectionSummary(Struct, frozen=True):
    """Counts of one section; ``score`` is None while nothing in it was judged."""

    section: Section
    score: int | None
    counts: dict[Result, int]


class Compliance(Struct, frozen=True):
    """The verdict on the whole: ``status`` is True, False or Unknown, as a condition has it."""

    status: str
    reason: str
    message: str


class Assessment(Struct, frozen=True):
    """One namespace judged once. ``verdicts`` hold all 64 controls sorted by id.

    ``findings`` are all of them, worst first, then by control and object; ``score`` and
    ``coverage`` are percentages, None where nothing was judged or applicable; ``gaps`` are the
    kinds that could not be used as evidence.
    """

    verdicts: tuple[Verdict, ...]
    findings: tuple[Finding, ...]
    score: int | None
    coverage: int | None
    counts: dict[Result, int]
    failing: dict[Severity, int]
    sections: tuple[SectionSummary, ...]
    compliance: Compliance
    gaps: tuple[EvidenceGap, ...]
