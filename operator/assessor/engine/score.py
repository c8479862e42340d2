"""Score and coverage, as api.md defines them; None where there is nothing to compute from.

Both are rounded down: 100 is only where nothing is missing.
"""

from collections.abc import Iterable, Mapping

from assessor.catalogue.controls import Control
from assessor.engine.assessment import Reason, Result, Verdict


def score(verdicts: Iterable[Verdict], controls: Mapping[str, Control]) -> int | None:
    """Percent earned of the weight that passed or failed, by default severities."""
    weight = earned = 0
    for verdict in verdicts:
        full = controls[verdict.control].severity.weight
        if verdict.result is Result.PASS:
            weight, earned = weight + full, earned + full
        elif verdict.result is Result.FAIL:
            weight, earned = weight + full, earned + max(0, full - verdict.severity.weight)
    return 100 * earned // weight if weight else None


def coverage(verdicts: Iterable[Verdict]) -> int | None:
    """Percent judged of what could have been; Excluded ones could, other NotApplicable not."""
    judged = applicable = 0
    for verdict in verdicts:
        if verdict.result is Result.NOT_APPLICABLE and verdict.reason is not Reason.EXCLUDED:
            continue
        applicable += 1
        judged += verdict.result in (Result.PASS, Result.FAIL, Result.WAIVED)
    return 100 * judged // applicable if applicable else None
