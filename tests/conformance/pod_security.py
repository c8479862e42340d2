"""Pod Security admission of the real API server, its fixtures, and our profiles of its levels."""

import json
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import yaml

from assessor.catalogue.checklist import CONTROLS
from assessor.catalogue.profiles import BUILT_IN_PROFILES
from assessor.checks.loading import load
from assessor.engine.assess import assess
from assessor.engine.assessment import Assessment, Finding
from assessor.engine.tailoring import Tailoring
from assessor.inventory.decoding import decode_list
from assessor.inventory.decoding.results import Record
from assessor.inventory.kinds import CORE_KINDS
from assessor.inventory.meta import Meta
from assessor.inventory.snapshot import Snapshot
from assessor.inventory.workloads import Namespace, Pod, Workload
from assessor.kernel.severity import Severity
from playground.binary import MODULE, kubernetes_version
from playground.client import Json

LEVELS = ("baseline", "restricted")
NAMESPACE = "example"
CHECKS = load()
WORKLOADS = {
    kind.kind: kind
    for kind in CORE_KINDS
    if kind.kind == "Pod" or kind.group in ("apps", "batch") or "Controller" in kind.kind
}


def version() -> str:
    """The minor version under test, as the fixtures' folders are called: ``v1.37``."""
    return kubernetes_version().rpartition(".")[0]


def fixtures(level: str, verdict: str) -> Iterator[Path]:
    """The pods of the Go module that a level must ``pass`` or ``fail``, read where they lie."""
    folder = _module_folder() / "test" / "testdata" / level / version() / verdict
    return iter(sorted(folder.glob("*.yaml")))


def pods_of(path: Path) -> list[Json]:
    """The pods of a fixture."""
    return [each for each in yaml.safe_load_all(path.read_text(encoding="utf-8")) if each]


def judged(manifest: Json, profile: str) -> Assessment:
    """What we say of one object, read as the operator reads it."""
    return judge(record_of(manifest), profile)


def judge(record: Record, profile: str) -> Assessment:
    """The same for a view."""
    return assess(
        _snapshot(record),
        controls=CONTROLS,
        checks=CHECKS,
        tailoring=Tailoring(profile=BUILT_IN_PROFILES[profile], fail_on=Severity.INFO),
    )


def told(manifest: Json, level: str) -> tuple[Finding, ...]:
    """The findings of the level's profile: none where the standard allows the object."""
    found = judged(manifest, f"pss-{level}")
    assert not found.gaps
    return found.findings


def record_of(manifest: Json) -> Record:
    """The view of a pod or controller."""
    kind = WORKLOADS[manifest["kind"]]
    metadata = {"name": "generated", **manifest["metadata"], "namespace": NAMESPACE, "uid": "1"}
    listed = {
        "metadata": {"resourceVersion": "1"},
        "items": [manifest | {"metadata": metadata}],
    }
    page = decode_list(kind, json.dumps(listed).encode())
    assert not page.malformed, page.malformed
    return page.records[0]


def namespaces(prefix: str) -> Mapping[str, Json]:
    """A namespace that enforces each level, at the version under test."""
    return {
        level: {
            "apiVersion": "v1",
            "kind": "Namespace",
            "metadata": {
                "name": f"{prefix}-{level}",
                "labels": {
                    "pod-security.kubernetes.io/enforce": level,
                    "pod-security.kubernetes.io/enforce-version": version(),
                },
            },
        }
        for level in LEVELS
    }


def _snapshot(record: Record) -> Snapshot:
    namespace = Namespace(Meta(NAMESPACE, "", "0", {}))
    if isinstance(record, Pod):
        return Snapshot(namespace, pods=(record,))
    assert isinstance(record, Workload)
    return Snapshot(namespace, workloads=(record,))


def _module_folder() -> Path:
    """Where Go keeps the module of the version that the control plane is built from."""
    module = "k8s.io/pod-security-admission"
    subprocess.run(["go", "mod", "download", module], cwd=MODULE, check=True)  # noqa: S607 - PATH's
    listed = subprocess.run(
        ["go", "list", "-m", "-f", "{{.Dir}}", module],  # noqa: S607 - PATH's
        cwd=MODULE,
        check=True,
        capture_output=True,
        text=True,
    )
    return Path(listed.stdout.strip())
