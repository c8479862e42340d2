"""Where a root controller keeps its pods' spec and labels, as field paths."""

from assessor.kernel.refs import ObjectRef


def pod_spec_path(ref: ObjectRef, field: str = "") -> str:
    """The path of the pod spec, or of ``field`` in it."""
    return _join(_template_path(ref), "spec", field)


def pod_labels_path(ref: ObjectRef) -> str:
    """The path of the labels that its pods get."""
    return _join(_template_path(ref), "metadata", "labels")


def pod_annotation_path(ref: ObjectRef, key: str) -> str:
    """The path of an annotation that its pods get."""
    return _join(_template_path(ref), "metadata", f"annotations['{key}']")


def _template_path(ref: ObjectRef) -> str:
    if (ref.group, ref.kind) == ("", "Pod"):
        return ""
    if (ref.group, ref.kind) == ("batch", "CronJob"):
        return "spec.jobTemplate.spec.template"
    return "spec.template"


def _join(*parts: str) -> str:
    return ".".join(part for part in parts if part)
