"""Scanning 1,000 Dockerfiles: wall time beside hadolint on the same files.

`make bench-dockerfiles` runs it. Both are started anew for each run and write JSON.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.conformance.dockerfile_texts import dockerfile

FILES = 1000
RUNS = 5
FOLDER = Path(sys.executable).parent


def main() -> None:
    """Make the files, measure both in turn, print."""
    with tempfile.TemporaryDirectory(prefix="assessor-bench-") as folder:
        files = []
        for number in range(FILES):
            path = Path(folder, f"{number:04}.Dockerfile")
            path.write_text(dockerfile(number), encoding="utf-8")
            files.append(str(path))
        ours = [str(FOLDER / "assessor"), "scan", folder, "-o", "json", "--fail-on", "never"]
        theirs = [str(FOLDER / "hadolint"), "--no-fail", "-f", "json", *files]
        taken: dict[str, list[float]] = {"assessor scan": [], "hadolint": []}
        for _ in range(RUNS):
            taken["assessor scan"].append(run(ours))
            taken["hadolint"].append(run(theirs))
        print("| what | files | wall time, median s | of all runs |")
        print("|---|---|---|---|")
        for name, seconds in taken.items():
            told = " ".join(f"{each:.2f}" for each in seconds)
            print(f"| {name} | {FILES} | {median(seconds):.2f} | {told} |")
        ratio = median(taken["assessor scan"]) / median(taken["hadolint"])
        print(f"\nassessor scan takes {ratio:.2f} times as long as hadolint.")


def median(seconds: Sequence[float]) -> float:
    """The one in the middle."""
    return sorted(seconds)[len(seconds) // 2]


def run(command: Sequence[str]) -> float:
    """Seconds from start to end."""
    begin = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=True)
    return time.perf_counter() - begin


if __name__ == "__main__":
    main()
