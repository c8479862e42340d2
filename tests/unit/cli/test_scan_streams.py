"""`assessor scan` of what can be read only once, and of what is no file at all."""

import os
import threading
from pathlib import Path

import pytest
from click.testing import CliRunner

from assessor.cli.scan import scan

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  serviceAccountName: default
  containers: [{name: web, image: web}]
"""


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    """A pipe into which a pod is written once, as into a shell's ``<(kustomize build)``."""
    path = tmp_path / "pipe.yaml"
    os.mkfifo(path)
    threading.Thread(target=path.write_text, args=(POD,), daemon=True).start()
    return path


def test_a_pipe_is_read_once(pipe: Path) -> None:
    """Though findings over all files look for their places again."""
    found = CliRunner().invoke(scan, [str(pipe), "--complete"]).stdout
    assert "5:3  Medium    AUTHZ-02     default-service-account-used" in found
    assert "latest-image" in found


def test_pipes_in_directories_are_no_manifests(tmp_path: Path) -> None:
    """Nobody might ever write into one."""
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "web.yaml").write_text(POD, encoding="utf-8")
    assert "1 objects in 1 files" in CliRunner().invoke(scan, [str(tmp_path)]).stdout
