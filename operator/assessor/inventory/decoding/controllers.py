"""The built-in controllers: the kinds that hold a pod template."""

from msgspec import field

from assessor.inventory.decoding.interning import Interner
from assessor.inventory.decoding.pod_specs import WirePodSpec, project_pod_spec
from assessor.inventory.decoding.wire import Wire, WireMeta, project_meta
from assessor.inventory.kinds import ObservedKind
from assessor.inventory.workloads import Workload

FINAL_CONDITIONS = frozenset({"Complete", "Failed"})
"""What a Job says at its end; FailureTarget and SuccessCriteriaMet come before its pods' end."""


class WireTemplateMeta(Wire):
    """metadata of a template, which is an object of no name."""

    labels: dict[str, str] | None = None
    annotations: dict[str, str] | None = None


class WireTemplate(Wire):
    """A core/v1 PodTemplateSpec."""

    spec: WirePodSpec
    metadata: WireTemplateMeta = field(default_factory=WireTemplateMeta)


class WireTemplateHolder(Wire):
    """spec of a controller, or of a CronJob's jobTemplate."""

    template: WireTemplate


class WireController(Wire):
    """Deployment, ReplicaSet, StatefulSet, DaemonSet or ReplicationController."""

    metadata: WireMeta
    spec: WireTemplateHolder


class WireJobCondition(Wire):
    """status.conditions[] of a Job."""

    type: str
    status: str


class WireJobStatus(Wire):
    """status of a Job."""

    conditions: list[WireJobCondition] | None = None


class WireJob(Wire):
    """A batch/v1 Job."""

    metadata: WireMeta
    spec: WireTemplateHolder
    status: WireJobStatus = field(default_factory=WireJobStatus)


class WireJobTemplate(Wire):
    """A batch/v1 JobTemplateSpec."""

    spec: WireTemplateHolder


class WireCronJobSpec(Wire):
    """spec of a CronJob."""

    job_template: WireJobTemplate


class WireCronJob(Wire):
    """A batch/v1 CronJob."""

    metadata: WireMeta
    spec: WireCronJobSpec


def project_controller(wire: WireController, kind: ObservedKind, interner: Interner) -> Workload:
    """The view of a controller whose template is spec.template."""
    return _workload(wire.metadata, wire.spec.template, kind, interner)


def project_job(wire: WireJob, kind: ObservedKind, interner: Interner) -> Workload:
    """The view of a Job, which has finished when it says that it is Complete or Failed."""
    finished = any(
        condition.type in FINAL_CONDITIONS and condition.status == "True"
        for condition in wire.status.conditions or ()
    )
    return _workload(wire.metadata, wire.spec.template, kind, interner, finished=finished)


def project_cron_job(wire: WireCronJob, kind: ObservedKind, interner: Interner) -> Workload:
    """The view of a CronJob, whose template is spec.jobTemplate.spec.template."""
    return _workload(wire.metadata, wire.spec.job_template.spec.template, kind, interner)


def _workload(
    metadata: WireMeta,
    template: WireTemplate,
    kind: ObservedKind,
    interner: Interner,
    *,
    finished: bool = False,
) -> Workload:
    return Workload(
        kind.group,
        kind.kind,
        project_meta(metadata, kind, interner),
        interner.labels(template.metadata.labels),
        project_pod_spec(template.spec, template.metadata.annotations, interner, admitted=False),
        finished,
    )
