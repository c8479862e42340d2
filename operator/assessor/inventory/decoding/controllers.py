"""The built-in controllers: the kinds that hold a pod template."""

from msgspec import field

from assessor.inventory.decoding.interning import Interner
from assessor.inventory.decoding.pod_specs import WirePodSpec, project_pod_spec
from assessor.inventory.decoding.wire import Wire, WireMeta, project_meta
from assessor.inventory.kinds import ObservedKind
from assessor.inventory.workloads import Workload


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
    """Deployment, ReplicaSet, StatefulSet, DaemonSet, Job or ReplicationController."""

    metadata: WireMeta
    spec: WireTemplateHolder


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


def project_cron_job(wire: WireCronJob, kind: ObservedKind, interner: Interner) -> Workload:
    """The view of a CronJob, whose template is spec.jobTemplate.spec.template."""
    return _workload(wire.metadata, wire.spec.job_template.spec.template, kind, interner)


def _workload(
    metadata: WireMeta, template: WireTemplate, kind: ObservedKind, interner: Interner
) -> Workload:
    return Workload(
        kind.group,
        kind.kind,
        project_meta(metadata, kind, interner),
        interner.labels(template.metadata.labels),
        project_pod_spec(template.spec, template.metadata.annotations, interner, admitted=False),
    )
