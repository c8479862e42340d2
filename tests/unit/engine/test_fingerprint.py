"""A finding's identity: what it survives, and what makes it another."""

from typing import Any

import pytest
from msgspec import structs

from assessor.catalogue.checks import Problem
from assessor.engine.running import fingerprint
from assessor.kernel.refs import ObjectRef
from assessor.kernel.severity import Severity

REF = ObjectRef("apps", "Deployment", "payments", "api")
PROBLEM = Problem("is bad", at="spec.template", container="app", key="port:80")


def made(check: str = "tiny", namespace: str = "payments", ref: ObjectRef = REF, **of: Any) -> str:
    """The fingerprint of a problem that is PROBLEM but for this."""
    return fingerprint(check, namespace, ref, structs.replace(PROBLEM, **of))


def test_it_is_the_same_for_ever() -> None:
    """In a status that an older operator wrote, in a waiver and in another report."""
    assert made() == "51ea12cac8fb45fe"


@pytest.mark.parametrize(
    "change",
    [
        {"message": "is very bad"},
        {"at": "spec.template.spec.containers[1]"},
        {"severity": Severity.CRITICAL},
    ],
)
def test_rewording_and_reordering_leave_it(change: dict[str, Any]) -> None:
    """A better message is no new finding, nor is a list in another order."""
    assert made(**change) == made()


@pytest.mark.parametrize(
    "change",
    [
        {"check": "other"},
        {"namespace": "other"},
        {"ref": structs.replace(REF, name="other")},
        {"ref": structs.replace(REF, kind="StatefulSet")},
        {"ref": structs.replace(REF, group="other")},
        {"container": "sidecar"},
        {"key": "port:81"},
    ],
)
def test_another_problem_has_another(change: dict[str, Any]) -> None:
    """Each part of what identifies it counts."""
    assert made(**change) != made()
