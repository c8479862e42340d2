"""The examples of Polaris and of Trivy's checks: a table of agreement, each difference explained.

ASSESSOR_CORPORA names the folder that holds them; without it the tests are skipped. Their labels
are opinions, not the truth: corpora.yaml says where ours is another, and why.
"""

import os
from pathlib import Path

import pytest

from tests.conformance.corpora import CHECKS, Case, Row, claims, polaris, rows, trivy, trivy_docker

FOLDER = os.environ.get("ASSESSOR_CORPORA", "")  # noqa: TID251 - where they lie is no setting
CORPORA = {"polaris": polaris, "trivy": trivy, "trivyDocker": trivy_docker}

needs_corpora = pytest.mark.skipif(not FOLDER, reason="ASSESSOR_CORPORA names no folder")


def cases(corpus: str) -> list[Case]:
    """All examples of a corpus."""
    found = list(CORPORA[corpus](Path(FOLDER)))
    assert found, f"{FOLDER} holds no examples of {corpus}"
    return found


def table(found: list[Row]) -> str:
    """Agreement by check, for the reader."""
    width = max(len(row.check) for row in found)
    return "\n".join(
        f"{row.check:{width}} {row.agreed:>3} of {row.cases:>3}  {', '.join(row.differing)}"
        for row in found
    )


@needs_corpora
@pytest.mark.parametrize("corpus", CORPORA)
def test_every_difference_is_explained(corpus: str) -> None:
    """Neither one that nobody explained, nor an explanation that nothing needs any more."""
    claimed = claims(corpus)
    found = rows(cases(corpus), claimed)
    told = [row for row in found if claimed[row.check].checks]
    print(f"{corpus}: agreement by check\n{table(told)}")  # noqa: T201 - the test's report
    print(f"in all {sum(r.agreed for r in told)} of {sum(r.cases for r in told)}")  # noqa: T201
    differing = {row.check: set(row.differing) for row in told}
    assert differing == {row.check: set(claimed[row.check].differences) for row in told}


@needs_corpora
@pytest.mark.parametrize("corpus", CORPORA)
def test_every_check_of_theirs_is_in_the_table(corpus: str) -> None:
    """With checks of ours, or with the reason why there are none."""
    claimed = claims(corpus)
    assert claimed.keys() == {case.check for case in cases(corpus)}


@pytest.mark.parametrize("corpus", CORPORA)
def test_the_table_names_checks_of_ours(corpus: str) -> None:
    """And a reason wherever there are none."""
    for name, claim in claims(corpus).items():
        assert set(claim.checks) <= CHECKS.keys(), name
        assert bool(claim.checks) != bool(claim.reason), name
