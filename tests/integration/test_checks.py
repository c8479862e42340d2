"""Each check's examples on the real API server: the finding comes with the bad one, and goes.

The manifests are those beside the checks; what they hold was accepted by the API server, so an
example that Kubernetes itself would refuse proves nothing and fails here.
"""

from pathlib import Path
from typing import Any

import pytest
import yaml

from assessor.catalogue.checks import Subjects
from assessor.checks.loading import load
from tests.controls.manifests import EXAMPLES
from tests.integration.kube import Json, Kube, checks, control

FILES_ONLY = {check.id for check in load() if check.over is Subjects.SOURCE_SECRETS}
"""Checks of what is never read in a cluster."""

REFUSED = {"unmasked-proc"}
"""Checks whose bad pattern this version refuses, and older ones have stored."""

FOLDERS = sorted(path.parent for path in EXAMPLES.glob("*/*/bad.yaml"))
CASES = [folder for folder in FOLDERS if folder.name not in FILES_ONLY | REFUSED]


def manifests(path: Path, namespace: str) -> list[Json]:
    """The objects of an example, moved into ``namespace``; its Namespace object is left out."""
    documents: list[Any] = [d for d in yaml.safe_load_all(path.read_text()) if d]
    kept = [d for d in documents if d["kind"] != "Namespace"]
    for document in kept:
        if document["metadata"].get("namespace") == "example":
            document["metadata"]["namespace"] = namespace
        for subject in document.get("subjects", ()):
            move(subject, namespace)
    return kept


def move(subject: Json, namespace: str) -> None:
    """Let a subject of the namespace `example`, however it is spelled, be one of ``namespace``."""
    if subject.get("namespace") == "example":
        subject["namespace"] = namespace
    parts = subject["name"].split(":")
    subject["name"] = ":".join(namespace if part == "example" else part for part in parts)


def outside(objects: list[Json], namespace: str) -> list[Json]:
    """Those that do not go with the namespace."""
    return [each for each in objects if each["metadata"].get("namespace") != namespace]


@pytest.mark.parametrize("folder", CASES, ids=[f"{c.parent.name}-{c.name}" for c in CASES])
def test_drift_both_ways(kube: Kube, namespace: str, operator: object, folder: Path) -> None:
    """Clean, then bad, then clean again: the finding follows, and the control's result with it."""
    del operator
    good = manifests(folder / "good.yaml", namespace)
    bad = manifests(folder / "bad.yaml", namespace)
    check, control_id = folder.name, folder.parent.name
    kube.plane.apply(good)
    kube.assess(namespace, reporting={"maxFindings": 200})
    kube.judged(namespace, when=lambda s: check not in checks(s), what=f"{check} on good")
    kube.plane.delete(good)
    kube.plane.apply(bad)
    worse = kube.judged(namespace, when=lambda s: check in checks(s), what=f"no {check} on bad")
    severities = {f["severity"] for f in worse["findings"] if f["control"] == control_id}
    assert (control(worse, control_id)["result"] == "Fail") == (severities != {"Info"})
    kube.plane.delete(bad)
    kube.plane.apply(good)
    kube.judged(namespace, when=lambda s: check not in checks(s), what=f"{check} stays")
    kube.plane.delete(outside(good, namespace))


@pytest.mark.parametrize("folder", [f for f in FOLDERS if f.name in REFUSED], ids=lambda f: f.name)
def test_what_is_refused_today(kube: Kube, namespace: str, folder: Path) -> None:
    """The bad example is, by validation; the day that it is not, it is to be driven as well."""
    (bad,) = manifests(folder / "bad.yaml", namespace)
    path = f"/apis/apps/v1/namespaces/{namespace}/deployments?dryRun=All"
    code, answer = kube.plane.request("POST", path, bad)
    assert code == 422, answer
