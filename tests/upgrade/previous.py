"""An earlier version of the operator, taken from the repository's history, as a process."""

import subprocess
import sys
import tarfile
from pathlib import Path

from playground import installation
from playground.controlplane import ControlPlane
from playground.operator_process import NAMESPACE, OperatorProcess
from tests.integration.kube import Json

ROOT = installation.ROOT
SHIPPED = ("operator", "crds", "manifests")


class NoHistoryError(Exception):
    """The checkout does not hold the commit that was asked for."""


class Version:
    """The operator, its CRD and its manifests, as they were."""

    def __init__(self, root: Path) -> None:
        """``root``: a checkout, of this version or of another."""
        self.root = root

    @classmethod
    def of(cls, revision: str, folder: Path) -> "Version":
        """Unpack a commit into ``folder``; NoHistoryError says what is missing."""
        archive = folder / "tree.tar"
        command = ["git", "archive", f"--output={archive}", revision, *SHIPPED]
        try:
            done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        except FileNotFoundError as error:
            raise NoHistoryError("git was not found") from error
        if done.returncode:
            raise NoHistoryError(f"no commit {revision} here: {done.stderr.strip()}")
        with tarfile.open(archive) as packed:
            packed.extractall(folder, filter="data")
        return cls(folder)

    def custom_resources(self) -> list[Json]:
        """Its CustomResourceDefinitions."""
        return installation.custom_resources(self.root)

    def operator_without_pod(self) -> list[Json]:
        """What else its installation applies."""
        return installation.operator_without_pod(self.root)

    def flags(self) -> tuple[str, ...]:
        """What its Deployment passes, and what a pod would know besides."""
        (deployment,) = (
            each for each in installation.operator(self.root) if each["kind"] == "Deployment"
        )
        (container,) = deployment["spec"]["template"]["spec"]["containers"]
        _, *flags = container["args"]
        led = ("--leader-elect-namespace", NAMESPACE) if "--leader-elect" in flags else ()
        return (*flags, *led)

    def process(self, plane: ControlPlane, name: str) -> OperatorProcess:
        """Its operator, run by this version's interpreter and packages; not started yet."""
        package = str(self.root / "operator")
        code = (
            f"import sys; sys.path.insert(0, {package!r}); import assessor;"
            f" assert assessor.__file__.startswith({package!r}), assessor.__file__;"
            " from assessor.cli.main import main; main()"
        )
        return OperatorProcess(
            plane, *self.flags(), program=(sys.executable, "-c", code), name=name
        )


CURRENT = Version(ROOT)
