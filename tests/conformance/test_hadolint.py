"""Agreement with hadolint on random Dockerfiles, for the rules that both have.

ASSESSOR_DOCKERFILES is the number of files. hadolint is a program of its own, run and not imported.
"""

import os
from collections import Counter
from pathlib import Path

import pytest
import yaml

from tests.conformance.dockerfile_texts import dockerfile
from tests.conformance.hadolint import (
    CHECKS,
    EXPLANATIONS,
    UNREADABLE,
    Difference,
    Places,
    differences,
    run,
)

COUNT = int(os.environ.get("ASSESSOR_DOCKERFILES", "300"))  # noqa: TID251 - the size of a run
TABLE = yaml.safe_load(Path(__file__).with_name("hadolint.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Places]:
    """What hadolint finds in each file."""
    folder = tmp_path_factory.mktemp("hadolint")
    files = [folder / f"{seed}" for seed in range(COUNT)]
    for seed, path in enumerate(files):
        path.write_text(dockerfile(seed), encoding="utf-8")
    return run(files)


def compared(rules: str, theirs: dict[str, Places]) -> tuple[int, list[Difference]]:
    """How often both agree on a row of the table, and each difference."""
    row = TABLE[rules]
    both, found = 0, []
    for name, places in theirs.items():
        seed = int(name)
        same, different = differences(rules, row, seed, dockerfile(seed), places)
        both += same
        found += different
    return both, found


def test_hadolint_reads_every_file(theirs: dict[str, Places]) -> None:
    """What it cannot read it would not find anything in."""
    assert len(theirs) == COUNT
    assert [name for name, places in theirs.items() if places.get(UNREADABLE)] == []


def test_every_difference_is_explained(theirs: dict[str, Places]) -> None:
    """By a reason of the table, each of which something needs; and most findings are the same."""
    for rules in TABLE:
        both, found = compared(rules, theirs)
        reasons = Counter((each.ours, each.why) for each in found)
        told = ", ".join(
            f"{count} {'only ours' if ours else 'only theirs'}: {why or 'UNEXPLAINED'}"
            for (ours, why), count in sorted(reasons.items())
        )
        print(f"{rules}: {both} the same; {told or 'no difference'}")  # noqa: T201 - the report
        assert [each for each in found if not each.why] == []
        assert both > 0
        needed = {(each.ours, each.why) for each in found}
        sides = ("ours", "theirs")
        listed = {(side == "ours", why) for side in sides for why in TABLE[rules].get(side, ())}
        assert needed == listed, rules


def test_the_table_names_checks_of_ours() -> None:
    """And reasons that can be tried."""
    for row in TABLE.values():
        assert set(row["checks"]) <= CHECKS.keys()
        assert {*row.get("ours", ()), *row.get("theirs", ())} <= EXPLANATIONS.keys()
