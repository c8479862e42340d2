"""The catalogue against the design's own table."""

import re
from collections import Counter
from pathlib import Path

import pytest

from assessor.catalogue.checklist import CATALOGUE_VERSION, CONTROLS
from assessor.catalogue.controls import Control, Scope, Section
from assessor.catalogue.profiles import BUILT_IN_PROFILES, DEFAULT_PROFILE

DESIGN = Path(__file__).parents[3] / "docs" / "design" / "controls.md"
CELLS = re.compile(r"\| (?P<id>[A-Z]+-\d\d) \|(?P<rest>.*)\|$")
SEVERITIES = ("Critical", "High", "Medium", "Low")


def rows() -> dict[str, list[str]]:
    """The design's rows: the cells behind each id."""
    found = {}
    for line in DESIGN.read_text(encoding="utf-8").splitlines():
        if row := CELLS.match(line):
            found[row["id"]] = [cell.strip() for cell in row["rest"].split("|")]
    return found


def test_every_row_of_the_design_is_a_control() -> None:
    """The same 64 ids on both sides, each once."""
    assert len(CONTROLS) == 64
    assert sorted(rows()) == [control.id for control in CONTROLS]


def test_severities_are_the_designs() -> None:
    """The default severity is the one in the row."""
    designed = {
        control_id: next(cell for cell in cells if cell in SEVERITIES)
        for control_id, cells in rows().items()
    }
    assert {control.id: control.severity.label for control in CONTROLS} == designed


def test_scopes_are_the_designs() -> None:
    """Scopes are those of the row; image controls, whose rows have none, are of scope B."""
    for control in CONTROLS:
        if control.section is Section.IMAGES:
            assert Scope.BUILD in control.scopes
            assert Scope.CLUSTER not in control.scopes
        else:
            scopes = rows()[control.id][1]
            assert {scope.value for scope in control.scopes} == set(scopes.split("+")), control.id


def test_sections_have_the_checklists_sizes() -> None:
    """Each of the nine sections holds as many controls as the checklist has items."""
    assert Counter(control.section for control in CONTROLS) == {
        Section.AUTHENTICATION: 4,
        Section.AUTHORIZATION: 7,
        Section.SECRETS: 3,
        Section.CLUSTER: 7,
        Section.AUDIT: 6,
        Section.NODES: 4,
        Section.NETWORK: 3,
        Section.WORKLOADS: 12,
        Section.IMAGES: 18,
    }


def test_a_section_has_one_prefix() -> None:
    """An id's prefix tells its section, and the other way round."""
    prefixes = {(control.section, control.id.rpartition("-")[0]) for control in CONTROLS}
    assert len(prefixes) == len(Section)


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.id)
def test_texts_are_short_sentences(control: Control) -> None:
    """A title is a phrase of one line; a rationale is one or two sentences."""
    title, rationale = control.title, control.rationale
    assert title
    assert len(title) <= 80
    assert not title.endswith(".")
    assert rationale.endswith(".")
    assert 1 <= len(re.findall(r"[.](?:\s|$)", rationale)) <= 2


def test_version_is_semantic() -> None:
    """Three numbers, as status.catalogue shows them."""
    assert re.fullmatch(r"\d+\.\d+\.\d+", CATALOGUE_VERSION)


def test_profiles_name_known_controls_and_grow() -> None:
    """Baseline is part of restricted, restricted of full, and full is everything."""
    baseline, restricted, full = (
        BUILT_IN_PROFILES[name].controls for name in ("baseline", "restricted", "full")
    )
    assert baseline < restricted < full
    assert full == {control.id for control in CONTROLS}
    assert DEFAULT_PROFILE in BUILT_IN_PROFILES


def test_restricted_is_what_a_namespace_or_a_build_can_answer() -> None:
    """Every image control is in it; what only a whole cluster answers is not."""
    restricted = BUILT_IN_PROFILES["restricted"].controls
    assert {f"IMAGE-{number:02}" for number in range(1, 19)} <= restricted
    assert restricted.isdisjoint({"AUTHN-01", "AUTHZ-05", "AUDIT-01", "NODE-04", "CLUSTER-04"})
    assert len(restricted) == 49


def test_baseline_is_the_pod_security_baseline_and_isolation() -> None:
    """No rule of the restricted level is in it."""
    assert "WORKLOAD-03" in BUILT_IN_PROFILES["baseline"].controls
    assert BUILT_IN_PROFILES["baseline"].controls.isdisjoint(
        {"WORKLOAD-01", "WORKLOAD-02", "WORKLOAD-04"}
    )
