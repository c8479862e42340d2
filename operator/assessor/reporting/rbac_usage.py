"""Granted minus used: for a terminal, for programs, and the right-sized roles as manifests."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
from rich.console import Group, RenderableType
from rich.text import Text

from assessor.analysis.rbac.usage.cells import joined
from assessor.analysis.rbac.usage.rightsizing import Replacement, RightSized
from assessor.analysis.rbac.usage.verdicts import GrantUsage, RuleUsage, SubjectUsage
from assessor.inventory.rbac import RBAC_GROUP, PolicyRule, RoleBinding, Subject
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


def usage_document(found: Iterable[SubjectUsage], plan: Replacement) -> list[Json]:
    """Every subject with every grant and rule, and what would be enough."""
    return [
        {
            "subject": str(each.subject),
            "uses": each.uses,
            "grants": [_grant_document(grant) for grant in each.grants],
            "rightSized": [
                document
                for sized in plan.sized
                if sized.subject == each.subject
                for document in _documents(sized)
            ],
        }
        for each in found
    ]


def usage_manifests(plan: Replacement) -> Iterator[tuple[str, list[Json]]]:
    """What to apply, in parts, each with a comment: the new roles and bindings come first.

    An old binding that nobody needs any more is left with no subjects, which grants nothing.
    """
    for sized in plan.sized:
        where = f" in {sized.namespace}" if sized.namespace else ""
        yield f"{sized.subject}{where}: what it used, and what cannot be judged", _documents(sized)
    for binding in plan.rest:
        left = "" if binding.subjects else ", and nobody is left: it can be deleted"
        yield f"{_place(binding)}: without those who got their own{left}", [rest_document(binding)]


def rest_document(binding: RoleBinding) -> Json:
    """A binding, with the subjects that it keeps."""
    return {
        "apiVersion": API_VERSION,
        "kind": binding.ref.kind,
        "metadata": _metadata(binding.meta.name, binding.meta.namespace),
        "roleRef": {
            "apiGroup": RBAC_GROUP,
            "kind": binding.role.kind,
            "name": binding.role.name,
        },
        "subjects": list(map(_subject, binding.subjects)),
    }


# ── table ─────────────────────────────────────────────────────────────────────────────────────


def _subject_parts(usage: SubjectUsage) -> Iterator[RenderableType]:
    told = f"{usage.subject}: {usage.uses} authorized uses in the log"
    yield Text(bounded(told, LONGEST_CELL), style="bold")
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
    yield from ((*where, *row) for row in _confined(grant))
    for rule in grant.rules:
        yield from ((*where, str(rule.verdict), text) for text in _told(rule))


def _confined(grant: GrantUsage) -> Iterator[tuple[str, str]]:
    """What of a grant for the cluster was used in few namespaces, by those."""
    cells: dict[tuple[str, ...], list[PolicyRule]] = defaultdict(list)
    for used in (used for rule in grant.rules for used in rule.confined):
        cells[used.namespaces].append(used.cell)
    for namespaces, each in sorted(cells.items()):
        verdict = "OneNamespace" if len(namespaces) == 1 else "FewNamespaces"
        told = f"granted everywhere, used in {', '.join(namespaces)} only"
        yield verdict, f"{told}: {_texts(joined(each))}"


def _told(rule: RuleUsage) -> Iterator[str]:
    used = f"; used for {_texts(_used_rules(rule))}" if rule.used else ""
    if rule.unused:
        word = "more than was used" if used else "never used"
        yield f"{word}: {_texts(joined(rule.unused))}{used}"
    if rule.unproven:
        yield f"not seen, and not proven unused: {_texts(joined(rule.unproven))}{used}"


def _texts(rules: Iterable[PolicyRule]) -> str:
    return "; ".join(_text(rule) for rule in rules)


def _text(rule: PolicyRule) -> str:
    groups = ", ".join(group for group in rule.api_groups if group)
    named = f" named {', '.join(rule.resource_names)}" if rule.resource_names else ""
    of = f" of {groups}" if groups else ""
    what = ", ".join(rule.resources or rule.non_resource_urls)
    return f"{', '.join(rule.verbs)} {what}{of}{named}"


def _used_rules(rule: RuleUsage) -> tuple[PolicyRule, ...]:
    """Without names: there is one cell for each."""
    return joined(msgspec.structs.replace(used.cell, resource_names=()) for used in rule.used)


# ── document ──────────────────────────────────────────────────────────────────────────────────


def _grant_document(grant: GrantUsage) -> Json:
    made: Json = {"binding": ref_document(grant.binding.ref), "role": ref_document(grant.role.ref)}
    if grant.doubt:
        return made | {"notJudged": grant.doubt}
    rules = [
        {
            "rule": rule_document(rule.rule),
            "verdict": str(rule.verdict),
            "usedFor": list(map(rule_document, _used_rules(rule))),
            "unused": list(map(rule_document, joined(rule.unused))),
            "unproven": list(map(rule_document, joined(rule.unproven))),
            "confined": [
                {"rule": rule_document(used.cell), "namespaces": list(used.namespaces)}
                for used in rule.confined
            ],
        }
        for rule in grant.rules
    ]
    return made | {"rules": rules}


# ── manifests ─────────────────────────────────────────────────────────────────────────────────


def _place(binding: RoleBinding) -> str:
    namespace = binding.meta.namespace
    return f"{binding.ref}{f' in {namespace}' if namespace else ''}"


def _documents(sized: RightSized) -> list[Json]:
    """The role and its binding."""
    kind = "Role" if sized.namespace else "ClusterRole"
    metadata = _metadata(sized.name, sized.namespace)
    return [
        {
            "apiVersion": API_VERSION,
            "kind": kind,
            "metadata": metadata,
            "rules": [rule_document(rule) for rule in sized.rules],
        },
        {
            "apiVersion": API_VERSION,
            "kind": f"{kind}Binding",
            "metadata": metadata,
            "roleRef": {"apiGroup": RBAC_GROUP, "kind": kind, "name": sized.name},
            "subjects": [_subject(sized.subject)],
        },
    ]


def _metadata(name: str, namespace: str) -> Json:
    return {"name": name} | ({"namespace": namespace} if namespace else {})


def _subject(subject: Subject) -> Json:
    if subject.kind == "ServiceAccount":
        return {"kind": subject.kind, "name": subject.name, "namespace": subject.namespace}
    return {"kind": subject.kind, "name": subject.name, "apiGroup": RBAC_GROUP}
