"""The one entry point: a Snapshot judged by checks under a tailoring."""

from collections.abc import Sequence

from assessor.catalogue.checks import Check
from assessor.catalogue.controls import Control
from assessor.engine.assessment import Assessment
from assessor.engine.tailoring import Tailoring
from assessor.inventory.snapshot import Snapshot


def assess(
    snapshot: Snapshot,
    *,
    controls: Sequence[Control],
    checks: Sequence[Check],
    tailoring: Tailoring,
) -> Assessment:
    """Judge one namespace."""
    raise NotImplementedError
