"""The operator's process never loads the `kubernetes` package, which costs it 20-50 MiB."""

import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[3] / "operator"
RUN = ("assessor.cli.run", "assessor.controller.operator", "assessor.controller.logging")
"""What `assessor run` imports, at its start or as it goes."""


def loaded(*modules: str) -> list[str]:
    """The modules of `kubernetes` that a fresh interpreter has after importing ``modules``."""
    shown = "print(*(name for name in sys.modules if name.partition('.')[0] == 'kubernetes'))"
    lines = ("import sys", *(f"import {name}" for name in modules), shown)
    command = [sys.executable, "-c", "\n".join(lines)]
    done = subprocess.run(command, cwd=SOURCE, capture_output=True, text=True, check=True)
    return done.stdout.split()


@pytest.mark.parametrize("module", RUN)
def test_running_loads_no_kubernetes(module: str) -> None:
    """Neither its own modules do, nor kopf, which takes the package wherever it finds it."""
    assert loaded(module) == []


def test_what_is_looked_for_is_found() -> None:
    """The test above can fail: the package is installed, and kopf alone would take it."""
    assert "kubernetes" in loaded("kopf")
