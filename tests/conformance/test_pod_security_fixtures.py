"""The Pod Security Standards as their own authors test them: every fixture of the Go module."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from playground.client import Json
from tests.conformance.pod_security import LEVELS, fixtures, pods_of, told


def cases(verdict: str) -> Iterator[tuple[str, Path]]:
    """Level and fixture."""
    for level in LEVELS:
        for path in fixtures(level, verdict):
            yield level, path


def in_controllers(pod: Json) -> Iterator[Json]:
    """Controllers with the pod as their template."""
    template = {
        "metadata": {
            "labels": {"app": "fixture"},
            "annotations": pod["metadata"].get("annotations", {}),
        },
        "spec": pod["spec"],
    }
    job = {"template": template}
    yield _object("apps/v1", "Deployment", job)
    yield _object("apps/v1", "DaemonSet", job)
    yield _object("batch/v1", "Job", job)
    yield _object("batch/v1", "CronJob", {"jobTemplate": {"spec": job}})


def _object(version: str, kind: str, spec: Json) -> Json:
    return {"apiVersion": version, "kind": kind, "metadata": {"name": "fixture"}, "spec": spec}


def test_there_are_fixtures_of_every_check() -> None:
    """The version under test has its own, and not a few."""
    counted = {level: len(list(fixtures(level, "fail"))) for level in LEVELS}
    assert counted["restricted"] > counted["baseline"] > 30
    assert all(len(list(fixtures(level, "pass"))) > 10 for level in LEVELS)


@pytest.mark.parametrize("verdict", ["pass", "fail"])
def test_every_fixture_gets_its_verdict(verdict: str) -> None:
    """A finding on each pod that must fail, none on each that must pass."""
    wrong = [
        f"{level} {path.name}: {[finding.check for finding in told(pod, level)]}"
        for level, path in cases(verdict)
        for pod in pods_of(path)
        if bool(told(pod, level)) != (verdict == "fail")
    ]
    assert wrong == []


@pytest.mark.parametrize("verdict", ["pass", "fail"])
def test_controllers_get_the_verdict_of_their_pod(verdict: str) -> None:
    """Deployment, DaemonSet, Job and CronJob, by the same checks."""
    wrong = [
        f"{level} {path.name} in a {controller['kind']}"
        for level, path in cases(verdict)
        for pod in pods_of(path)
        for controller in in_controllers(pod)
        if {f.check for f in told(controller, level)} != {f.check for f in told(pod, level)}
    ]
    assert wrong == []
