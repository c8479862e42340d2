"""The 71 cases of np-guard: a table of agreement, each difference explained in np_guard.yaml.

ASSESSOR_CORPORA names the folder that holds them; without it the tests are skipped.
"""

import os
from pathlib import Path

import pytest

from tests.conformance import np_guard

FOLDER = os.environ.get("ASSESSOR_CORPORA", "")  # noqa: TID251 - where they lie is no setting
CASES = np_guard.case_names(Path(FOLDER)) if FOLDER else []
CLAIMS = np_guard.claims()
UNKNOWN = " : unknown: "

needs_corpora = pytest.mark.skipif(not FOLDER, reason="ASSESSOR_CORPORA names no folder")


@needs_corpora
def test_every_case_is_known() -> None:
    """None of them is left out, and the table speaks of no other."""
    assert len(CASES) == 71
    assert set(CLAIMS) <= set(CASES)


@needs_corpora
@pytest.mark.parametrize("case", CASES)
def test_agrees_as_the_table_says(case: str, tmp_path: Path) -> None:
    """Line by line; what the table excuses does differ."""
    claim = CLAIMS.get(case, np_guard.Claim())
    theirs = np_guard.expected(Path(FOLDER), case)
    folder = Path(FOLDER) / "np-guard" / "tests" / case
    found = np_guard.ours(folder)
    if claim == np_guard.Claim():
        assert found is not None
        assert sorted(found) == sorted(theirs)
        return
    assert found is None or sorted(found) != sorted(theirs), "nothing is left to excuse"
    if claim.mended:
        found = np_guard.ours(np_guard.mended(folder, claim.mended, tmp_path))
        assert found is not None
        # Who made the owners up chose ReplicaSet; theirs shows owners without a kind as pods.
        made = [line.replace("[ReplicaSet]", "[Pod]") for line in found]
        assert sorted(made if "owners" in claim.mended else found) == sorted(theirs)
    elif claim.section:
        assert found is not None
        assert sorted(found) == sorted(np_guard.section(theirs, claim.section))
    elif claim.unknown:
        assert found is not None
        assert sorted(line for line in found if UNKNOWN not in line) == sorted(theirs)


@needs_corpora
def test_the_table_of_agreement(capsys: pytest.CaptureFixture[str]) -> None:
    """Told with the run, and each claim with its reason."""
    assert all(each.reason or each.unknown or each.differs for each in CLAIMS.values())
    told = {
        "equal line by line": len(CASES) - len(CLAIMS),
        "equal after mending the input": sum(bool(each.mended) for each in CLAIMS.values()),
        "equal in the pods' network": sum(bool(each.section) for each in CLAIMS.values()),
        "equal, and more is unknown": sum(bool(each.unknown) for each in CLAIMS.values()),
        "not comparable": sum(bool(each.differs) for each in CLAIMS.values()),
    }
    assert sum(told.values()) == len(CASES)
    with capsys.disabled():
        print("\nnp-guard:", ", ".join(f"{number} {what}" for what, number in told.items()))  # noqa: T201
