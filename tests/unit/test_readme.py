"""The README says what is so: what can be held against the code is."""

import re
from pathlib import Path

from assessor.checks.loading import load

ROOT = Path(__file__).parents[2]


def test_controls_with_checks_are_those_that_it_names() -> None:
    """Whoever adds a control's first check says so there, and nothing else is claimed."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    told = readme.partition("- Controls with checks:")[2].partition("\n-")[0]
    assert set(re.findall(r"[A-Z]+-\d\d", told)) == {check.control for check in load()}
