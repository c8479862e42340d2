"""What earlier versions stored, under the definition of their time, is taken over without harm."""

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from assessor.api.stored_status import readable
from playground import installation
from playground.controlplane import ControlPlane
from playground.operator_process import OperatorProcess
from tests.faults import witness
from tests.faults.fresh import await_fresh
from tests.integration.kube import ASSESSMENTS, Json, Kube, eventually, new_namespace
from tests.stash import OPERATOR
from tests.upgrade.history import forgotten
from tests.upgrade.record import ASSESSMENTS as STORED
from tests.upgrade.record import CRD, RECORDED

VERSIONS = sorted(path.name for path in RECORDED.iterdir() if path.is_dir())
HARMLESS = {200, 404, 409}


@pytest.fixture
def kept(kube: Kube) -> Iterator[list[Json]]:
    """Assessments that were stored; deleted at the end."""
    made: list[Json] = []
    yield made
    for each in made:
        kube.delete(_path(each))


@pytest.fixture
def operator(plane: ControlPlane, request: pytest.FixtureRequest) -> Iterator[OperatorProcess]:
    """The operator of this version, to be started when its time has come."""
    process = request.session.stash[OPERATOR] = OperatorProcess(plane)
    yield process
    process.kill()


def _path(assessment: Json) -> str:
    meta = assessment["metadata"]
    return f"{ASSESSMENTS.format(meta['namespace'])}/{meta['name']}"


def _store(kube: Kube, namespace: str, spec: Json, status: Any) -> Json:
    """Store an assessment with a status that somebody else wrote."""
    made = kube.assess(namespace, **spec)
    body = {**made, "status": status}
    return kube.call("PUT", f"{_path(made)}/status", body)


def _refused(plane: ControlPlane) -> set[int]:
    """How statuses were answered other than by taking them, or by saying that all has changed."""
    return {
        event["responseStatus"]["code"]
        for event in witness.requests(plane)
        if event.get("objectRef", {}).get("subresource") == "status"
    } - HARMLESS


def test_some_are_recorded() -> None:
    """Of the first day, and of later ones."""
    assert len(VERSIONS) >= 3


@pytest.mark.parametrize("version", VERSIONS)
def test_a_recorded_version(
    kube: Kube, kept: list[Json], operator: OperatorProcess, version: str
) -> None:
    """The new definition serves and takes what was stored; the new operator goes on from it."""
    folder: Path = RECORDED / version
    kube.plane.apply([yaml.safe_load((folder / CRD).read_text(encoding="utf-8"))])
    kept += [
        _store(kube, each["metadata"]["namespace"], each["spec"], each["status"])
        for each in json.loads((folder / STORED).read_text(encoding="utf-8"))
    ]

    kube.plane.apply(installation.custom_resources())
    for each in kept:
        served = kube.call("GET", _path(each))
        assert served["metadata"]["uid"] == each["metadata"]["uid"]
        assert served["spec"] == each["spec"]
        assert served["status"] == each["status"]
        kube.call("PUT", f"{_path(each)}?dryRun=All&fieldValidation=Strict", served)
        kube.call("PUT", f"{_path(each)}/status?dryRun=All&fieldValidation=Strict", served)

    operator.start()
    await_fresh(kube.plane, lambda: [kube.call("GET", _path(each)) for each in kept])
    for each in kept:
        assert forgotten(each["status"], kube.call("GET", _path(each))["status"]) == []
    assert operator.metric_sum("kube_assessor_errors_total") == 0
    assert _refused(kube.plane) == set()


LISTS = ("conditions", "controls", "sections", "findings")

FOREIGN = {
    "type": "Approved",
    "status": "True",
    "reason": "ByHand",
    "message": "",
    "lastTransitionTime": "2026-01-01T00:00:00Z",
}
Damage = dict[str, Any]

DAMAGES: dict[str, Damage] = {
    "nothing but a generation": {"observedGeneration": 1},
    "unknown fields": {"invented": {"later": True}, "score": 12},
    "lists that are none": dict.fromkeys(LISTS, "many"),
    "lists of texts": {field: ["a", "b"] for field in LISTS},
    "lists of lists": {field: [[], [[]]] for field in LISTS},
    "members without names": {
        "conditions": [{"status": "True"}],
        "controls": [{"result": "Fail", "since": "2026-01-01T00:00:00Z"}],
    },
    "a result and a severity of later versions": {
        "controls": [
            {"id": "NET-01", "result": "Deferred", "reason": "Later", "severity": "Catastrophic"}
        ]
    },
    "numbers that are texts": {"score": "high", "coverage": [1], "truncated": {}},
    "a summary of another shape": {"summary": [1, 2], "failing": "none"},
    "times that are none": {
        "nextAssessmentTime": 7,
        "lastAssessedTime": "yesterday",
        "lastChangeTime": {},
        "conditions": [
            {
                "type": "Ready",
                "status": "True",
                "reason": "Assessed",
                "message": "",
                "lastTransitionTime": "soon",
            }
        ],
    },
    "a condition twice": {
        "conditions": [
            {
                "type": "Ready",
                "status": status,
                "reason": "A",
                "message": "",
                "lastTransitionTime": t,
            }
            for status, t in (("True", "2026-01-01T00:00:00Z"), ("False", "2026-01-02T00:00:00Z"))
        ]
    },
    "a bad condition beside another owner's": {"conditions": [{"status": "True"}, FOREIGN]},
    "no status at all, but a text": {"conditions": None, "controls": None, "score": None},
}


def _permissive() -> list[Json]:
    """Our definition with a status that may be anything: as a version yet to come may have it."""
    (crd,) = copy.deepcopy(installation.custom_resources())
    for version in crd["spec"]["versions"]:
        version["schema"]["openAPIV3Schema"]["properties"]["status"] = {
            "type": "object",
            "x-kubernetes-preserve-unknown-fields": True,
        }
    return [crd]


@pytest.mark.parametrize("suspended", [False, True], ids=["judged", "suspended"])
def test_whatever_is_stored(
    kube: Kube, kept: list[Json], operator: OperatorProcess, *, suspended: bool
) -> None:
    """A status of wrong types, of parts, or of a version yet to come is read, and replaced."""
    kube.plane.apply(_permissive())
    spec = {"suspend": suspended}
    namespaces = {new_namespace(kube): damage for damage in DAMAGES.values()}
    kept += [_store(kube, name, spec, damage) for name, damage in namespaces.items()]
    kube.plane.apply(installation.custom_resources())
    operator.start()
    for each in kept:
        eventually(
            lambda each=each: _is_whole(kube.call("GET", _path(each)), suspended=suspended),
            what=str(each["status"]),
        )
    for each in kept:
        conditions = kube.call("GET", _path(each))["status"]["conditions"]
        assert (FOREIGN in conditions) is ("ByHand" in json.dumps(each["status"]))
    assert operator.metric_sum("kube_assessor_errors_total") == 0
    assert _refused(kube.plane) == set()


def _is_whole(assessment: Json, *, suspended: bool) -> bool:
    """Whether the status is one of ours, and nothing else is left in it."""
    status = assessment.get("status", {})
    told = {
        each["type"]: each["reason"]
        for each in status.get("conditions") or ()
        if isinstance(each, dict) and "type" in each
    }
    wanted = "Suspended" if suspended else "Assessed"
    return told.get("Ready") == wanted and readable(status) == status and "invented" not in status
