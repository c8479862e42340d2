"""Answers about rights, for programs: plain values, spelt as the API spells them."""

from collections.abc import Iterable, Iterator
from typing import Any

from assessor.analysis.rbac.asking import Asked
from assessor.analysis.rbac.authorizer import Grant
from assessor.analysis.rbac.questions import Answer, Holder, Holders, Rights, naming
from assessor.analysis.rbac.requests import MASTERS, Identity, Request
from assessor.inventory.rbac import PolicyRule, Subject
from assessor.kernel.refs import ObjectRef

Json = dict[str, Any]

MASTERS_CAN = (
    f"members of group:{MASTERS} may do everything, whatever the bindings say,"
    " and no object tells who they are"
)


def answer_document(answer: Answer, identity: Identity) -> Json:
    """``allowed`` and ``by``, every grant; ``undecided`` only where a no is not sure."""
    made: Json = {
        "allowed": answer.allowed,
        "by": [
            grant_document(grant) | {"through": _subjects(naming(grant.binding, identity))}
            for grant in answer.grants
        ],
    }
    if answer.master:
        made["reason"] = MASTERS_CAN
    if answer.undecided:
        made["undecided"] = list(answer.undecided)
    return made


def holders_document(asked: Asked, found: Holders) -> Json:
    """``subjects`` with their grants; ``undecided`` says why there may be more of them."""
    return {
        "request": request_document(asked.request) | ({"anywhere": True} if asked.anywhere else {}),
        "subjects": [_holder(holder) for holder in found.holders],
        "notes": [*asked.notes, MASTERS_CAN],
        "undecided": list(found.undecided),
    }


def rights_document(subject: Subject, namespace: str | None, found: Rights) -> Json:
    """``rights``, every rule held; ``undecided`` says why there may be more of them."""
    return {
        "subject": str(subject),
        "namespace": namespace,
        "rights": [grant_document(grant) for grant in found.grants],
        "notes": [MASTERS_CAN] if found.master else [],
        "undecided": list(found.undecided),
    }


def request_document(request: Request) -> Json:
    """What was asked, without what is empty."""
    fields = ("verb", "group", "resource", "subresource", "namespace", "name", "path")
    return {field: getattr(request, field) for field in fields if getattr(request, field)}


def grant_document(grant: Grant) -> Json:
    """Binding, role and rule; ``where`` is None for the whole cluster."""
    return {
        "binding": ref_document(grant.binding.ref),
        "role": ref_document(grant.role.ref),
        "rule": rule_document(grant.rule),
        "where": grant.binding.meta.namespace or None,
    }


def _holder(holder: Holder) -> Json:
    return {
        "subject": str(holder.subject),
        "grants": [grant_document(grant) for grant in holder.grants],
    }


def _subjects(subjects: Iterable[Subject]) -> list[str]:
    return [str(subject) for subject in subjects]


def ref_document(ref: ObjectRef) -> Json:
    """Kind, namespace where there is one, and name."""
    namespace = {"namespace": ref.namespace} if ref.namespace else {}
    return {"kind": ref.kind} | namespace | {"name": ref.name}


def rule_document(rule: PolicyRule) -> Json:
    """As in a manifest, without what is empty."""
    return dict(_filled(rule))


def _filled(rule: PolicyRule) -> Iterator[tuple[str, list[str]]]:
    for name, values in (
        ("verbs", rule.verbs),
        ("apiGroups", rule.api_groups),
        ("resources", rule.resources),
        ("resourceNames", rule.resource_names),
        ("nonResourceURLs", rule.non_resource_urls),
    ):
        if values:
            yield name, list(values)
