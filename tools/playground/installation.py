"""What a cluster administrator applies: the CRDs, the operator's manifests and the samples."""

from pathlib import Path

import yaml

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


def overlay(name: str) -> list[Json]:
    """All that `kubectl apply -k manifests/overlays/NAME/` applies beside the CRDs."""
    (kustomization,) = load(MANIFESTS / "overlays" / name / "kustomization.yaml")
    names = [Path(component).name for component in kustomization["components"]]
    return with_components(*names)


def with_components(*names: str) -> list[Json]:
    """The operator with these of manifests/components, patched as kustomize does."""
    applied = operator()
    for folder in (MANIFESTS / "components" / name for name in names):
        applied += _listed(folder)
        (kustomization,) = load(folder / "kustomization.yaml")
        for entry in kustomization.get("patches", ()):
            _patch(applied, yaml.safe_load(entry["patch"]))
    return applied


def self_assessment() -> list[Json]:
    """The assessment of the operator's own namespace."""
    return _listed(MANIFESTS / "self-assessment")


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


def _patch(manifests: list[Json], patch: Json) -> None:
    """Apply a strategic merge patch to the one manifest that it names."""
    (target,) = (
        each
        for each in manifests
        if each["kind"] == patch["kind"] and each["metadata"]["name"] == patch["metadata"]["name"]
    )
    _merge(target, patch)


def _merge(target: Json, patch: Json) -> None:
    """Maps key by key, lists of named entries name by name, as far as our patches go."""
    for key, value in patch.items():
        if isinstance(value, dict):
            _merge(target.setdefault(key, {}), value)
        elif isinstance(value, list):
            known = {entry["name"]: entry for entry in target.setdefault(key, [])}
            for entry in value:
                if entry["name"] in known:
                    _merge(known[entry["name"]], entry)
                else:
                    target[key].append(entry)
        else:
            target[key] = value
