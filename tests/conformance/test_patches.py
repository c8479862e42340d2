"""Every patch, applied, removes its finding, adds none, and leaves what the API server accepts."""

import os
from collections.abc import Iterator

import pytest
import yaml

from assessor.catalogue.patches import patched
from assessor.engine.assessment import Finding
from playground.client import Json
from playground.controlplane import ControlPlane
from tests.conformance.pod_security import LEVELS, fixtures, judged, pods_of
from tests.conformance.pod_world import PodWorld
from tests.controls.manifests import EXAMPLES

PODS = int(os.environ.get("ASSESSOR_PODS", "600")) // 6  # noqa: TID251 - the size of a test run
SEED = int(os.environ.get("ASSESSOR_SEED", "1"))  # noqa: TID251 - as above
NAMESPACE = "patches"
COLLECTIONS = {"Pod": "/api/v1", "Deployment": "/apis/apps/v1"}
CREATED = 201


def from_examples() -> Iterator[Json]:
    """The workloads of bad examples."""
    for path in sorted(EXAMPLES.glob("*/*/bad.yaml")):
        for document in yaml.safe_load_all(path.read_text(encoding="utf-8")):
            if document and document["kind"] in COLLECTIONS:
                yield document


def from_fixtures() -> Iterator[Json]:
    """The pods that a level of the standard must refuse."""
    for level in LEVELS:
        for path in fixtures(level, "fail"):
            yield from pods_of(path)


def from_world() -> Iterator[Json]:
    """Random pods."""
    world = PodWorld(SEED + 2_000_000)
    for _ in range(PODS):
        yield world.pod()


SOURCES = {"examples": from_examples, "fixtures": from_fixtures, "world": from_world}


def accepted(plane: ControlPlane, manifest: Json) -> bool:
    """Whether the API server would create it."""
    plural = f"{manifest['kind'].lower()}s"
    path = f"{COLLECTIONS[manifest['kind']]}/namespaces/{NAMESPACE}/{plural}?dryRun=All"
    metadata = {**manifest["metadata"], "namespace": NAMESPACE}
    return plane.request("POST", path, manifest | {"metadata": metadata})[0] == CREATED


def findings(manifest: Json) -> dict[str, Finding]:
    """All findings by fingerprint, of every check."""
    return {each.fingerprint: each for each in judged(manifest, "full").findings}


def faults(plane: ControlPlane, manifest: Json) -> Iterator[str]:
    """What is wrong with any of the manifest's patches."""
    before = findings(manifest)
    for fingerprint, finding in before.items():
        if not finding.patch:
            continue
        mended = patched(manifest, finding.patch)
        after = findings(mended)
        if fingerprint in after:
            yield f"{finding.check} stays: {finding.patch} on {manifest}"
        if added := [each.check for key, each in after.items() if key not in before]:
            yield f"{finding.check} adds {added}: {finding.patch} on {manifest}"
        if not accepted(plane, mended):
            yield f"{finding.check} makes it unacceptable: {finding.patch} on {manifest}"


@pytest.fixture(scope="module", autouse=True)
def namespace(plane: ControlPlane) -> Iterator[None]:
    """A namespace that enforces nothing."""
    made = [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}},
        {
            "apiVersion": "v1",
            "kind": "ServiceAccount",
            "metadata": {"name": "default", "namespace": NAMESPACE},
        },
    ]
    plane.apply(made)
    yield
    plane.delete(made[:1])


@pytest.mark.timeout(0)
@pytest.mark.parametrize("source", SOURCES)
def test_every_patch_mends(plane: ControlPlane, source: str) -> None:
    """Each on its own, on objects that the API server accepts as they are."""
    manifests = [each for each in SOURCES[source]() if accepted(plane, each)]
    wrong = [fault for manifest in manifests for fault in faults(plane, manifest)]
    assert wrong == []
    offered = sum(bool(f.patch) for each in manifests for f in findings(each).values())
    assert offered > len(manifests)


@pytest.mark.timeout(0)
@pytest.mark.parametrize("source", SOURCES)
def test_all_patches_together_mend(plane: ControlPlane, source: str) -> None:
    """One after the other, until no finding has any; what is left is still accepted."""
    for manifest in filter(lambda each: accepted(plane, each), SOURCES[source]()):
        mended, rounds = manifest, 0
        while found := [each for each in findings(mended).values() if each.patch]:
            mended, rounds = patched(mended, found[0].patch), rounds + 1
            assert rounds < 100, f"patches undo each other on {manifest}"
        assert accepted(plane, mended), mended
