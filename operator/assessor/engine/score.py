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
        if verdict.result is Result.PASS or verdict.result is Result.FAIL:
            full = controls[verdict.control].severity.weight
            lost = 0 if verdict.result is Result.PASS else verdict.severity.weight
            weight, earned = weight + full, earned + max(0, full - lost)
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
