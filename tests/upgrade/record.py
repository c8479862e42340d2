"""Record what an earlier version stored: `python -m tests.upgrade.record REVISION`.

Writes its CRD, and its assessments of its own samples, into a folder of tests/upgrade/recorded.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

from playground import binary, installation, objects
from playground.controlplane import ControlPlane
from tests.integration.kube import Json, Kube
from tests.upgrade.previous import Version

RECORDED = Path(__file__).with_name("recorded")
CRD = "crd.yaml"
ASSESSMENTS = "assessments.json"


def main(revision: str) -> None:
    """Record one version."""
    with tempfile.TemporaryDirectory() as folder:
        version = Version.of(revision, Path(folder))
        samples = version.root / "manifests" / "samples"
        with ControlPlane(binary.find(os.environ)) as plane:  # noqa: TID251 - names the binary
            plane.apply(version.custom_resources())
            plane.apply(version.operator_without_pod())
            plane.apply(installation.surroundings())
            for name in ("hardened", "careless"):
                plane.apply(objects.load(samples / f"{name}.yaml"))
            operator = version.process(plane, "recorded")
            operator.start()
            kube = Kube(plane)
            found = []
            for name in ("payments-hardened", "payments-careless"):
                kube.judged(name)
                found.append(kube.assessment(name))
            operator.stop()
        _write(revision, version, found)


def _write(revision: str, version: Version, found: list[Json | None]) -> None:
    date = subprocess.run(
        [  # noqa: S607 - whichever git there is
            "git",
            "log",
            "-1",
            "--format=%as",
            revision,
        ],
        cwd=installation.ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    folder = RECORDED / f"{date}-{revision}"
    folder.mkdir(parents=True, exist_ok=True)
    (crd,) = version.custom_resources()
    (folder / CRD).write_text(yaml.safe_dump(crd, sort_keys=False, width=100), encoding="utf-8")
    told = json.dumps(found, ensure_ascii=False, indent=1)
    (folder / ASSESSMENTS).write_text(told + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
