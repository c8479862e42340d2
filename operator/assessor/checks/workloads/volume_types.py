"""WORKLOAD-08: volumes that the node mounts with rights of its own."""

from collections.abc import Iterator

from assessor.analysis.sites import Site
from assessor.catalogue.checks import Problem, Subjects, check
from assessor.catalogue.pod_checks import each_pod
from assessor.catalogue.wording import clip
from assessor.inventory.kinds import WORKLOAD_EVIDENCE
from assessor.kernel.severity import Severity

ALLOWED = frozenset(
    {
        "configMap",
        "csi",
        "downwardAPI",
        "emptyDir",
        "ephemeral",
        "image",
        "persistentVolumeClaim",
        "projected",
        "secret",
    }
)
"""What the restricted level allows."""


@check(
    "restricted-volume-type",
    control="WORKLOAD-08",
    severity=Severity.LOW,
    over=Subjects.ROOTS,
    needs=WORKLOAD_EVIDENCE,
    remediation="Claim it by a PersistentVolumeClaim, whose volume an administrator defines.",
)
@each_pod
def restricted_volume_type(site: Site) -> Iterator[Problem]:
    """The pod names storage itself, such as an NFS export or a disk, instead of claiming it.

    Any server and path can be named so, and the node mounts it. hostPath is host-path's to say.
    Source: Pod Security Standards, restricted, "Volume Types".
    """
    for index, volume in enumerate(site.spec.volumes):
        if volume.kind not in ALLOWED and volume.kind != "hostPath":
            yield Problem(
                f"volume {clip(volume.name)} is of type {volume.kind}",
                at=site.path(f"volumes[{index}].{volume.kind}"),
                key=volume.name,
            )
