"""Who runs as whom, and with which token."""

import pytest
from msgspec import structs

from assessor.analysis.identity import (
    accounts_of,
    consumers,
    distinct_systems,
    is_token_mounted,
    is_token_mounted_by_omission,
)
from assessor.analysis.memo import once_per_snapshot
from assessor.analysis.pod_paths import pod_labels_path, pod_spec_path
from assessor.inventory.meta import OwnerRef
from assessor.inventory.snapshot import Snapshot
from assessor.inventory.workloads import PodSpec
from assessor.kernel.refs import ObjectRef
from tests.unit.views import account, deployment, owned_by, pod, snapshot

APP = PodSpec(service_account="app")


@pytest.mark.parametrize(
    ("pods", "accounts", "explicit", "mounted", "by_omission"),
    [
        (None, None, False, True, True),
        (None, True, False, True, False),
        (None, False, False, False, False),
        (True, None, False, True, False),
        (True, False, False, True, False),
        (False, None, False, False, False),
        (False, True, False, False, False),
        (False, False, True, True, False),
        (None, None, True, True, False),
    ],
)
def test_token_mount(
    pods: bool | None,  # noqa: FBT001 - as above
    accounts: bool | None,  # noqa: FBT001 - as above
    explicit: bool,  # noqa: FBT001 - as above
    mounted: bool,  # noqa: FBT001 - as above
    by_omission: bool,  # noqa: FBT001 - as above
) -> None:
    """The pod's word, then the account's, then true; a token that the author projects counts."""
    spec = PodSpec(automount=pods, explicit_token=explicit)
    runs_as = account("default", accounts)
    assert is_token_mounted(spec, runs_as) is mounted
    assert is_token_mounted_by_omission(spec, runs_as) is by_omission


def test_consumers_are_roots_with_their_templates() -> None:
    """Scaled to zero counts; a bare pod is its own root; an account need not exist."""
    found = consumers(snapshot(workloads=(deployment("api", APP),), pods=(pod("bare"),)))
    assert {name: [str(root.ref) for root in roots] for name, roots in found.items()} == {
        "app": ["Deployment/api"],
        "default": ["Pod/bare"],
    }


@pytest.mark.parametrize("phase", ["Succeeded", "Failed"])
def test_a_finished_pod_runs_as_nobody(phase: str) -> None:
    """Succeeded and Failed pods hold no identity any more."""
    finished = structs.replace(pod("done", APP), phase=phase)
    assert consumers(snapshot(pods=(finished,))) == {}


def test_pods_of_an_older_template_still_run_as_its_account() -> None:
    """While pods are being replaced a workload has two accounts, the template's first."""
    old = pod("api-1", PodSpec(service_account="old"), owned_by("Deployment", "api"))
    namespace = snapshot(workloads=(deployment("api", APP),), pods=(old,))
    assert accounts_of(namespace.roots[0]) == ("app", "old")
    assert sorted(consumers(namespace)) == ["app", "old"]


def test_systems() -> None:
    """Roots of one custom owner are one system; each other root is its own."""
    owner = OwnerRef("example.test", "Database", "main", "uid")
    parts = tuple(deployment(name, APP, owner) for name in ("primary", "replica"))
    assert distinct_systems(snapshot(workloads=parts).roots) == 1
    assert distinct_systems(snapshot(workloads=(*parts, deployment("api", APP))).roots) == 2
    alone = tuple(deployment(name, APP) for name in ("primary", "replica"))
    assert distinct_systems(snapshot(workloads=alone).roots) == 2


@pytest.mark.parametrize(
    ("group", "kind", "spec", "labels"),
    [
        ("", "Pod", "spec.hostNetwork", "metadata.labels"),
        ("apps", "Deployment", "spec.template.spec.hostNetwork", "spec.template.metadata.labels"),
        (
            "batch",
            "CronJob",
            "spec.jobTemplate.spec.template.spec.hostNetwork",
            "spec.jobTemplate.spec.template.metadata.labels",
        ),
    ],
)
def test_pod_paths(group: str, kind: str, spec: str, labels: str) -> None:
    """Each kind keeps its pod template somewhere else."""
    ref = ObjectRef(group, kind, "example", "x")
    assert pod_spec_path(ref, "hostNetwork") == spec
    assert pod_spec_path(ref) == spec.removesuffix(".hostNetwork")
    assert pod_labels_path(ref) == labels


def test_derived_once_per_snapshot() -> None:
    """A second question is answered from memory; another snapshot is another question."""
    asked: list[Snapshot] = []

    @once_per_snapshot
    def derive(subject: Snapshot) -> int:
        asked.append(subject)
        return len(subject.pods)

    one, other = snapshot(), snapshot(pods=(pod("p"),))
    assert [derive(one), derive(one), derive(other)] == [0, 0, 1]
    assert len(asked) == 2
