"""WORKLOAD-12: whether the workloads are audited, and again and again."""

from collections.abc import Iterator

from assessor.analysis.pod_paths import pod_spec_path
from assessor.catalogue.checks import Problem, Subjects, check
from assessor.catalogue.wording import clip
from assessor.inventory.kinds import WORKLOAD_EVIDENCE, Evidence
from assessor.inventory.ownership import RootController
from assessor.inventory.snapshot import Snapshot
from assessor.kernel.severity import Severity


@check(
    "template-not-audited",
    control="WORKLOAD-12",
    severity=Severity.INFO,
    over=Subjects.ROOTS,
    needs=WORKLOAD_EVIDENCE | {Evidence.NAMESPACES},
    remediation="""\
Audit the manifests of this kind where they are kept: its pods are judged only while they run.""",
)
def template_not_audited(root: RootController, _: Snapshot) -> Iterator[Problem]:
    """A pod of a custom controller, whose template is not known here: it is judged when it runs.

    All other workloads are audited from their templates, on each change and once an interval, by
    the checks of WORKLOAD-01 to 11: this assessment is itself the regular audit that the control
    asks for, and the control is Unknown while a kind of workload cannot be read. Reports of other
    tools are not read yet.
    """
    if root.ref.kind == "Pod" and root.system:
        owner = clip(f"{root.system.kind}/{root.system.name}")
        yield Problem(f"made by {owner}, whose template is not audited", at=pod_spec_path(root.ref))
