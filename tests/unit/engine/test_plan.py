"""Which checks judge which controls: derived once, and never for another's lists."""

import msgspec

from assessor.catalogue.checklist import CONTROLS
from assessor.catalogue.profiles import BUILT_IN_PROFILES, Profile
from assessor.checks.loading import load
from assessor.engine import plan
from assessor.engine.plan import Plan, plan_of
from assessor.engine.tailoring import Tailoring
from assessor.kernel.severity import Severity

CHECKS = load()
FULL = Tailoring(profile=BUILT_IN_PROFILES["full"])


def judged(made: Plan) -> set[str]:
    """The controls that checks are run for."""
    return {step.control.id for step in made.steps if step.verdict is None}


def test_the_same_lists_make_one_plan() -> None:
    """Whatever else the tailoring says."""
    first = plan_of(CONTROLS, CHECKS, FULL)
    again = msgspec.structs.replace(FULL, fail_on=Severity.LOW, severities={"NET-01": Severity.LOW})
    assert plan_of(CONTROLS, CHECKS, again) is first


def test_another_selection_is_another_plan() -> None:
    """By profile, by what is left out and by the checks that there are."""
    every = judged(plan_of(CONTROLS, CHECKS, FULL))
    without = msgspec.structs.replace(FULL, exclude=("NET-*",))
    assert judged(plan_of(CONTROLS, CHECKS, without)) == every - {"NET-01"}
    one = Tailoring(profile=Profile(frozenset({"NET-01"})))
    assert judged(plan_of(CONTROLS, CHECKS, one)) == {"NET-01"}
    assert judged(plan_of(CONTROLS, CHECKS[:0], FULL)) == set()


def test_a_list_that_may_change_is_looked_at_each_time() -> None:
    """Its identity says nothing of what is in it."""
    checks = list(CHECKS)
    assert judged(plan_of(CONTROLS, checks, FULL))
    checks.clear()
    assert judged(plan_of(CONTROLS, checks, FULL)) == set()


def test_plans_are_few() -> None:
    """However many assessments say what nobody else does; and what is kept is still right."""
    for number in range(2 * plan.KEPT):
        only = msgspec.structs.replace(FULL, include=(f"X-{number}", "NET-01"))
        assert judged(plan_of(CONTROLS, CHECKS, only)) == {"NET-01"}
        assert len(plan._kept) <= plan.KEPT
