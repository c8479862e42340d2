"""Scanning manifests: wall time beside other scanners, and memory on a large tree.

`make bench-scan` runs it. kube-score and checkov are measured where PATH has them, or where
KUBE_SCORE and CHECKOV name them; checkov starts on a tenth of the files, as it takes minutes.
"""

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

FILES = 1000
LARGE = 20_000
"""Files of five objects each: 100,000 objects."""
RUNS = 5
TENTH = FILES // 10
TEMPLATE = (Path(__file__).parent / "scan_manifest.yaml").read_text(encoding="utf-8")
ASSESSOR = Path(sys.executable).parent / "assessor"


def main() -> None:
    """Make the trees, measure, print."""
    with tempfile.TemporaryDirectory(prefix="assessor-bench-") as folder:
        tree, part, large = (Path(folder, name) for name in ("tree", "part", "large"))
        write(tree, FILES)
        write(part, TENTH)
        one = str(tree / "app-00000.yaml")
        print("| what | files | objects | wall time, median s | of all runs |")
        print("|---|---|---|---|---|")
        measure("assessor scan", [str(ASSESSOR), "scan", one], 1)
        measure("assessor scan", [str(ASSESSOR), "scan", str(tree)], FILES)
        if kube_score := find("KUBE_SCORE", "kube-score"):
            files = [str(path) for path in sorted(tree.iterdir())]
            measure("kube-score score", [kube_score, "score", *files], FILES)
        if checkov := find("CHECKOV", "checkov"):
            command = [checkov, "--quiet", "--framework", "kubernetes", "-d", str(part)]
            measure("checkov", command, TENTH, runs=1)
        write(large, LARGE)
        measure("assessor scan", [str(ASSESSOR), "scan", str(large)], LARGE, runs=1)
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        print(f"\nThe largest process had {peak:.0f} MiB.")


def write(folder: Path, files: int) -> None:
    """Files with a Deployment, ServiceAccount, NetworkPolicy, Role and RoleBinding each."""
    folder.mkdir()
    for number in range(files):
        text = TEMPLATE.replace("NUMBER", str(number)).replace("TEAM", str(number // 20))
        (folder / f"app-{number:05}.yaml").write_text(text, encoding="utf-8")


def measure(name: str, command: Sequence[str], files: int, *, runs: int = RUNS) -> None:
    """Print a row of the table."""
    taken = sorted(run(command) for _ in range(runs))
    told = " ".join(f"{seconds:.2f}" for seconds in taken)
    print(f"| {name} | {files} | {files * 5} | {taken[runs // 2]:.2f} | {told} |", flush=True)


def run(command: Sequence[str]) -> float:
    """Seconds from start to end; findings are no failure."""
    begin = time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    taken = time.perf_counter() - begin
    if done.returncode not in (0, 1):
        sys.exit(f"{command[0]}: {done.stderr.decode()[:500]}")
    return taken


def find(variable: str, name: str) -> str | None:
    """Where another scanner is."""
    return os.environ.get(variable) or shutil.which(name)  # noqa: TID251 - names a binary


if __name__ == "__main__":
    main()
