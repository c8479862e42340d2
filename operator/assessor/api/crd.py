"""The CustomResourceDefinitions, generated from the models."""

from typing import Any

from assessor.api.schema import structural
from assessor.api.security_assessment import GROUP, KIND, PLURAL, VERSION, SecurityAssessment

PART_OF = {"app.kubernetes.io/part-of": "kube-assessor"}
"""The label by which the operator's watch on CRDs selects its own."""

Column = dict[str, Any]

_API_VERSION = "The version of the API that this object is written in: kube-assessor.dev/v1alpha1."
_KIND = "The kind of this object: SecurityAssessment."


def _column(name: str, kind: str, path: str, description: str, *, wide: bool = False) -> Column:
    column = {"name": name, "type": kind, "jsonPath": path, "description": description}
    return {**column, "priority": 1} if wide else column


def _compliant(field: str) -> str:
    return f'.status.conditions[?(@.type=="Compliant")].{field}'


COLUMNS: tuple[Column, ...] = (
    _column("Score", "integer", ".status.score", "0 to 100, weighted by severity"),
    _column("Compliant", "string", _compliant("status"), "The verdict"),
    _column("Fail", "integer", ".status.summary.fail", "Controls that failed"),
    _column("Waived", "integer", ".status.summary.waived", "Controls that were waived"),
    _column("Unknown", "integer", ".status.summary.unknown", "Controls not judged"),
    _column("Coverage", "integer", ".status.coverage", "Percent of controls judged"),
    _column("Age", "date", ".metadata.creationTimestamp", "Since when it exists"),
    _column("Critical", "integer", ".status.failing.critical", "Critical failures", wide=True),
    _column("High", "integer", ".status.failing.high", "High failures", wide=True),
    _column("Profile", "string", ".spec.profile", "The profile judged by", wide=True),
    _column("Last Assessed", "date", ".status.lastAssessedTime", "Last judged", wide=True),
    _column("Message", "string", _compliant("message"), "The verdict's reason", wide=True),
)
"""What `kubectl get` prints; those of priority 1 only with `-o wide`."""


def security_assessment_crd() -> dict[str, Any]:
    """The CustomResourceDefinition of SecurityAssessment, ready to be written as YAML."""
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{PLURAL}.{GROUP}", "labels": dict(PART_OF)},
        "spec": {
            "group": GROUP,
            "names": {
                "kind": KIND,
                "listKind": f"{KIND}List",
                "plural": PLURAL,
                "singular": KIND.lower(),
                "shortNames": ["secas"],
                "categories": ["assessor"],
            },
            "scope": "Namespaced",
            "versions": [_version()],
        },
    }


def _version() -> dict[str, Any]:
    return {
        "name": VERSION,
        "served": True,
        "storage": True,
        "subresources": {"status": {}},
        "additionalPrinterColumns": list(COLUMNS),
        "schema": {"openAPIV3Schema": _with_type_meta(structural(SecurityAssessment))},
    }


def _with_type_meta(schema: dict[str, Any]) -> dict[str, Any]:
    meta = {
        "apiVersion": {"description": _API_VERSION, "type": "string", "maxLength": 64},
        "kind": {"description": _KIND, "type": "string", "maxLength": 64},
        # The API server knows what is in it, and refuses a schema that says more.
        "metadata": {"type": "object"},
    }
    return {**schema, "properties": {**meta, **schema["properties"]}}
