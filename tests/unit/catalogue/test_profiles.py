"""Profiles by check: the levels of the Pod Security Standards, and what others run."""

import pytest

from assessor.catalogue.pod_security import BASELINE, RESTRICTED
from assessor.catalogue.profiles import BUILT_IN_PROFILES
from assessor.checks.loading import load

CHECKS = {check.id: check for check in load()}


@pytest.mark.parametrize("level", [BASELINE, RESTRICTED], ids=["baseline", "restricted"])
def test_levels_name_checks_that_exist(level: dict[str, frozenset[str]]) -> None:
    """Each under its own control."""
    for control, ids in level.items():
        assert {CHECKS[check].control for check in ids} == {control}


def test_restricted_contains_baseline() -> None:
    """Whatever the lower level forbids, the higher one does."""
    for control, ids in BASELINE.items():
        assert ids <= RESTRICTED[control]


def test_a_level_s_profile_runs_its_checks_and_no_others() -> None:
    """Among the controls that it selects."""
    profile = BUILT_IN_PROFILES["pss-restricted"]
    running = {c.id for c in CHECKS.values() if c.control in profile.controls and profile.runs(c)}
    assert running == set().union(*RESTRICTED.values())
    assert "no-run-as-user" not in running


def test_baseline_runs_the_level_s_checks_and_whole_controls_beside_them() -> None:
    """The rules of the restricted level are not in it; all of network policies are."""
    profile = BUILT_IN_PROFILES["baseline"]
    assert profile.runs(CHECKS["no-default-deny-ingress"])
    assert profile.runs(CHECKS["seccomp-unconfined"])
    assert not profile.runs(CHECKS["no-seccomp-profile"])


def test_a_control_that_a_profile_leaves_out_is_run_by_all_its_checks() -> None:
    """Somebody who includes it in the spec means all of it."""
    assert BUILT_IN_PROFILES["pss-baseline"].runs(CHECKS["no-run-as-user"])


def test_whole_profiles_run_everything() -> None:
    """The default one leaves out no check of its controls."""
    for name in ("restricted", "full"):
        assert all(map(BUILT_IN_PROFILES[name].runs, CHECKS.values()))
