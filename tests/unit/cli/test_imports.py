"""The operator's process loads neither `kubernetes` nor `rich`: they cost it 20-50 and 5 MiB."""

import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[3] / "operator"
RUN = ("assessor.cli.run", "assessor.controller.operator", "assessor.controller.logging")
"""What `assessor run` imports, at its start or as it goes."""


def loaded(*modules: str) -> list[str]:
    """Which of the two a fresh interpreter has after importing ``modules``."""
    shown = "print(*(name for name in ('kubernetes', 'rich') if name in sys.modules))"
    lines = ("import sys", *(f"import {name}" for name in modules), shown)
    command = [sys.executable, "-c", "\n".join(lines)]
    done = subprocess.run(command, cwd=SOURCE, capture_output=True, text=True, check=True)
    return done.stdout.split()


@pytest.mark.parametrize("module", RUN)
def test_running_loads_neither(module: str) -> None:
    """Nor do kopf and structlog, which take them wherever they find them."""
    assert loaded(module) == []


def test_what_is_looked_for_is_found() -> None:
    """The test above can fail: both are installed, and would be taken."""
    assert loaded("kopf", "structlog") == ["kubernetes", "rich"]
