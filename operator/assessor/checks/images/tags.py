"""IMAGE-13: images whose content may change under their name."""

from collections.abc import Iterator

from assessor.analysis.image_references import LATEST, parse_image
from assessor.analysis.sites import Site
from assessor.catalogue.checks import Problem, Subjects, check
from assessor.catalogue.dockerfile_checks import IMAGES, each_stage
from assessor.catalogue.pod_checks import each_container
from assessor.inventory.containers import Container
from assessor.inventory.dockerfiles.files import Dockerfile, Stage
from assessor.inventory.kinds import WORKLOAD_EVIDENCE
from assessor.kernel.severity import Severity

LONGEST = 120
SCRATCH = "scratch"
"""The name of no image at all."""


@check(
    "latest-image",
    control="IMAGE-13",
    severity=Severity.HIGH,
    over=Subjects.ROOTS,
    needs=WORKLOAD_EVIDENCE,
    remediation="""\
Name a version that does not move, best by its digest:
image: registry.example.com/app:1.4.2@sha256:…""",
)
@each_container
def latest_image(container: Container, site: Site) -> Iterator[Problem]:
    """The image is named by the tag `latest`, or by none, which means the same.

    A digest pins the content, whatever the tag says. In `localhost:5000/app` the colon belongs to
    the port, and there is no tag. Source: the Kubernetes documentation, "Images".
    """
    if told := moving(container.image):
        yield Problem(told, at=site.of(container, "image"))


@check(
    "latest-base-image",
    control="IMAGE-13",
    severity=Severity.HIGH,
    over=Subjects.DOCKERFILES,
    needs=IMAGES,
    remediation="""\
Name a version that does not move, best by its digest:
FROM debian:13.1-slim@sha256:…""",
)
@each_stage
def latest_base_image(stage: Stage, _: Dockerfile) -> Iterator[Problem]:
    """A stage is built on, copies from or mounts an image of the tag `latest`, or of none.

    Arguments count with their defaults; without one the image is not known, and so is the verdict.
    Other stages and `scratch` are no images. Source: hadolint DL3006 and DL3007.
    """
    for base in (stage.base, *stage.sources.values()):
        if base.stage is not None or not base.known or base.reference == SCRATCH:
            continue
        if told := moving(base.reference):
            yield Problem(told, key=parse_image(base.reference).repository, place=base.span)


def moving(reference: str) -> str:
    """How a reference moves, as a problem tells it; empty where it does not."""
    image = parse_image(reference)
    if image.digest or image.tag not in ("", LATEST) or not reference:
        return ""
    told = "has no tag" if not image.tag else "has the tag latest"
    name = image.repository
    shown = name if len(name) <= LONGEST else f"…{name[-LONGEST:]}"
    return f"image {shown} {told} and no digest"
