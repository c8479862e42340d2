"""Granted minus used: for a terminal, for programs, and the right-sized roles as manifests."""

from collections.abc import Iterable, Iterator
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from assessor.analysis.rbac.usage.cells import joined
from assessor.analysis.rbac.usage.ledger import Shape
from assessor.analysis.rbac.usage.rightsizing import RightSized, replaced, right_sized
from assessor.analysis.rbac.usage.verdicts import GrantUsage, RuleUsage, SubjectUsage
from assessor.inventory.rbac import RBAC_GROUP, PolicyRule, Subject
from assessor.reporting.bounds import bounded
from assessor.reporting.rbac_document import ref_document, rule_document
from assessor.reporting.table import LONGEST_CELL, cell, columns

Json = dict[str, Any]

API_VERSION = f"{RBAC_GROUP}/v1"


def usage_table(found: Iterable[SubjectUsage], notes: Iterable[str]) -> Group:
    """Under each subject a line for each rule that is more than was used, or may be."""
    parts = [part for each in found for part in _subject_parts(each)]
    told = [Text(bounded(f"Note: {note}", LONGEST_CELL), style="dim") for note in notes]
    return Group(*parts, *told)


def usage_document(found: Iterable[SubjectUsage]) -> list[Json]:
    """Every subject with every grant and rule, and what would be enough."""
    return [
        {
            "subject": str(each.subject),
            "uses": each.uses,
            "grants": [_grant_document(grant) for grant in each.grants],
            "rightSized": manifests_of(each),
        }
        for each in found
    ]


def usage_manifests(found: Iterable[SubjectUsage]) -> Iterator[tuple[str, list[Json]]]:
    """For each subject with too much: what its right-sized roles and bindings are for, and they."""
    for each in found:
        if any(grant.excessive for grant in each.grants):
            documents = manifests_of(each)
            named = ", ".join(_place(grant) for grant in replaced(each))
            nothing = "" if documents else ": nothing of it was used"
            yield f"{each.subject}: instead of {named}{nothing}", documents


def manifests_of(usage: SubjectUsage) -> list[Json]:
    """Role and binding for each place; none where the subject needs nothing of what was judged."""
    return [document for each in right_sized(usage) for document in (_role(each), _binding(each))]


# ── table ─────────────────────────────────────────────────────────────────────────────────────


def _subject_parts(usage: SubjectUsage) -> Iterator[RenderableType]:
    yield Text(f"{usage.subject}: {usage.uses} authorized uses in the log", style="bold")
    rows = [row for grant in usage.grants for row in _rows(grant)]
    if rows:
        table = columns("BINDING", "ROLE", "VERDICT", "WHAT")
        for row in rows:
            table.add_row(*map(cell, row))
        yield table
    else:
        yield Text("  Everything that it was granted was used.")


def _rows(grant: GrantUsage) -> Iterator[tuple[str, str, str, str]]:
    where = str(grant.binding.ref), str(grant.role.ref)
    if grant.doubt:
        yield *where, "NotJudged", grant.doubt
    if grant.only_in:
        yield *where, "OneNamespace", f"granted everywhere, used in {grant.only_in} only"
    for rule in grant.rules:
        yield from ((*where, str(rule.verdict), text) for text in _told(rule))


def _told(rule: RuleUsage) -> Iterator[str]:
    used = f"; used for {_texts(_shape_rules(rule.shapes))}" if rule.shapes else ""
    if rule.unused:
        word = "more than was used" if used else "never used"
        yield f"{word}: {_texts(joined(rule.unused))}{used}"
    if rule.unproven:
        yield f"not seen, and not proven to be logged: {_texts(joined(rule.unproven))}{used}"


def _texts(rules: Iterable[PolicyRule]) -> str:
    return "; ".join(_text(rule) for rule in rules)


def _text(rule: PolicyRule) -> str:
    groups = ", ".join(group for group in rule.api_groups if group)
    named = f" named {', '.join(rule.resource_names)}" if rule.resource_names else ""
    of = f" of {groups}" if groups else ""
    what = ", ".join(rule.resources or rule.non_resource_urls)
    return f"{', '.join(rule.verbs)} {what}{of}{named}"


def _shape_rules(shapes: Iterable[Shape]) -> tuple[PolicyRule, ...]:
    return joined(
        PolicyRule((shape.verb,), non_resource_urls=(shape.path,))
        if shape.path
        else PolicyRule((shape.verb,), (shape.group,), (shape.resource,))
        for shape in shapes
    )


# ── document ──────────────────────────────────────────────────────────────────────────────────


def _grant_document(grant: GrantUsage) -> Json:
    made: Json = {"binding": ref_document(grant.binding.ref), "role": ref_document(grant.role.ref)}
    if grant.doubt:
        return made | {"notJudged": grant.doubt}
    rules = [
        {
            "rule": rule_document(rule.rule),
            "verdict": str(rule.verdict),
            "usedFor": list(map(rule_document, _shape_rules(rule.shapes))),
            "namespaces": sorted({shape.namespace for shape in rule.shapes}),
            "unused": list(map(rule_document, joined(rule.unused))),
            "unproven": list(map(rule_document, joined(rule.unproven))),
        }
        for rule in grant.rules
    ]
    return made | {"rules": rules} | ({"onlyIn": grant.only_in} if grant.only_in else {})


# ── manifests ─────────────────────────────────────────────────────────────────────────────────


def _place(grant: GrantUsage) -> str:
    namespace = grant.binding.meta.namespace
    return f"{grant.binding.ref}{f' in {namespace}' if namespace else ''}"


def _role(sized: RightSized) -> Json:
    return {
        "apiVersion": API_VERSION,
        "kind": "Role" if sized.namespace else "ClusterRole",
        "metadata": _metadata(sized),
        "rules": [rule_document(rule) for rule in sized.rules],
    }


def _binding(sized: RightSized) -> Json:
    kind = "Role" if sized.namespace else "ClusterRole"
    name = _metadata(sized)["name"]
    return {
        "apiVersion": API_VERSION,
        "kind": f"{kind}Binding",
        "metadata": _metadata(sized),
        "roleRef": {"apiGroup": RBAC_GROUP, "kind": kind, "name": name},
        "subjects": [_subject(sized.subject)],
    }


def _metadata(sized: RightSized) -> Json:
    """Named after the subject; what a path segment cannot hold is replaced."""
    subject = sized.subject
    kind = subject.namespace or subject.kind.lower()
    parts = (kind, subject.name, "used")
    name = "-".join(parts).replace("/", "-").replace("%", "-")
    return {"name": name} | ({"namespace": sized.namespace} if sized.namespace else {})


def _subject(subject: Subject) -> Json:
    if subject.kind == "ServiceAccount":
        return {"kind": subject.kind, "name": subject.name, "namespace": subject.namespace}
    return {"kind": subject.kind, "name": subject.name, "apiGroup": RBAC_GROUP}
