"""What a check finds depends on the kinds that it declares, and on no other."""

import pytest
import yaml

from assessor.catalogue.checks import Check
from assessor.checks.loading import load
from assessor.engine.running import Outcome, run_check, subjects
from assessor.inventory.kinds import CORE_KINDS, OPTIONAL_KINDS, Evidence
from assessor.inventory.snapshot import Snapshot
from assessor.kernel.severity import Severity
from tests.controls.manifests import EXAMPLES, snapshot_of_objects

CHECKS = tuple(check for check in load() if not check.at_build)
OBSERVED = tuple(dict.fromkeys(kind.evidence for kind in (*CORE_KINDS, *OPTIONAL_KINDS)))


def found(check: Check, snapshot: Snapshot) -> dict[str, Severity]:
    """The severities of its findings, without notes, which may be left out."""
    into = Outcome({}, set())
    run_check(check, subjects(check.over, snapshot), snapshot, None, into)
    assert not into.errors
    return {
        name: finding.severity
        for name, finding in into.findings.items()
        if finding.severity > Severity.INFO
    }


@pytest.mark.parametrize("check", CHECKS, ids=[check.id for check in CHECKS])
def test_a_finding_stands_without_what_is_not_declared(check: Check) -> None:
    """None is lost, none comes, and none becomes less bad, where another kind is forbidden.

    What it does declare keeps it from being run at all, which is the engine's to do.
    """
    text = (EXAMPLES / check.control / check.id / "bad.yaml").read_text(encoding="utf-8")
    objects = list(filter(None, yaml.safe_load_all(text)))
    whole = found(check, snapshot_of_objects(objects))
    for evidence in OBSERVED:
        if evidence not in check.needs:
            blind = found(check, snapshot_of_objects(objects, forbidden=evidence))
            assert blind.keys() == whole.keys(), evidence
            for name, severity in blind.items():
                as_bad = severity == whole[name]
                assert as_bad or (evidence in check.weighs and severity > whole[name]), evidence


def test_the_list_of_kinds_is_whole() -> None:
    """Each kind that a cluster is asked for is forbidden once."""
    assert Evidence.PODS in OBSERVED
    assert Evidence.SECRET_MAKERS in OBSERVED
