"""What a cluster administrator applies: the CRDs, the operator's manifests and the samples."""

from pathlib import Path

from playground.client import Json
from playground.objects import load

ROOT = Path(__file__).parents[2]
MANIFESTS = ROOT / "manifests"


def custom_resources(root: Path = ROOT) -> list[Json]:
    """The CustomResourceDefinitions; ``root``: of another checkout."""
    return _listed(root / "crds")


def operator(root: Path = ROOT) -> list[Json]:
    """All that `kubectl apply -k manifests/` applies beside the CRDs."""
    return _listed(root / "manifests" / "base")


def operator_without_pod(root: Path = ROOT) -> list[Json]:
    """The same without the Deployment: here no node runs pods, so the operator is a process."""
    return [manifest for manifest in operator(root) if manifest["kind"] != "Deployment"]


def policy_engine_rights() -> list[Json]:
    """The right to read other engines' policies, which an overlay adds."""
    return _listed(MANIFESTS / "components" / "policy-engines")


def surroundings() -> list[Json]:
    """What a cluster has besides, and policies speak of: its DNS."""
    return load(Path(__file__).with_name("cluster_dns.yaml"))


def samples() -> list[Json]:
    """The hardened and the careless namespace, each with its SecurityAssessment."""
    return _listed(MANIFESTS / "samples")


def _listed(folder: Path) -> list[Json]:
    (kustomization,) = load(folder / "kustomization.yaml")
    return load(*(folder / name for name in kustomization["resources"]))
