"""The fleet benchmark works: its small size is measured to the end."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
KEYS = {
    "cold_start_ratio",
    "drift_p50_seconds",
    "drift_p95_seconds",
    "fanout_ratio",
    "idle_writes",
    "rss_mib",
}


def bench(size: str) -> "subprocess.CompletedProcess[str]":
    """Run it as `make bench` does."""
    return subprocess.run(
        [sys.executable, "-m", "tests.bench.fleet", size],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": "tools:."},  # noqa: TID251 - a child's
        capture_output=True,
        text=True,
        check=False,
        timeout=200,
    )


@pytest.mark.timeout(240)
def test_small_fleet() -> None:
    """It prints every goal and ends with the path of its figures."""
    done = bench("small")
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"^cold start : LIST \+ bare writes +\d", done.stdout, re.MULTILINE)
    figures = json.loads(Path(done.stdout.splitlines()[-1]).read_text(encoding="utf-8"))
    assert figures.keys() >= KEYS
    assert figures["idle_writes"] == 0
    assert 0 < figures["drift_p50_seconds"] <= figures["drift_p95_seconds"] < 10
    assert figures["cold_start_ratio"] > 0
    assert figures["fanout_ratio"] > 0
    assert 20 < figures["rss_mib"] < 200
    assert 0 < figures["crowd_status_bytes"] <= 64 * 1024
    assert [step["made"]["namespaces"] for step in figures["figures"]["steps"]] == [10, 20, 40]
    assert figures["figures"]["steps"][-1]["drift"]["changes"] == 150


def test_unknown_size() -> None:
    """A size that does not exist is said to, with those that do."""
    done = bench("huge")
    assert done.returncode == 2
    assert "small, standard, large" in done.stderr
