"""IMAGE-13: images whose content may change under their name."""

from collections.abc import Iterator

from assessor.analysis.image_references import LATEST, parse_image
from assessor.analysis.sites import Site
from assessor.catalogue.checks import Problem, Subjects, check
from assessor.catalogue.pod_checks import each_container
from assessor.inventory.containers import Container
from assessor.inventory.kinds import WORKLOAD_EVIDENCE
from assessor.kernel.severity import Severity

LONGEST = 120


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
    image = parse_image(container.image)
    if image.digest or image.tag not in ("", LATEST) or not container.image:
        return
    told = "has no tag" if not image.tag else "has the tag latest"
    name = image.repository
    shown = name if len(name) <= LONGEST else f"…{name[-LONGEST:]}"
    yield Problem(f"image {shown} {told} and no digest", at=site.of(container, "image"))
