"""Right-sized roles: what was used, and what nobody could judge; nothing besides."""

from collections import defaultdict
from collections.abc import Iterator

from msgspec import Struct

from assessor.analysis.rbac.directory import CLUSTER
from assessor.analysis.rbac.matching import allows
from assessor.analysis.rbac.usage.cells import cells_of, joined
from assessor.analysis.rbac.usage.ledger import PATHS, Shape, request_of
from assessor.analysis.rbac.usage.verdicts import GrantUsage, RuleUsage, SubjectUsage
from assessor.inventory.rbac import PolicyRule, Subject

FEW = 5
"""Namespaces up to which a grant for the whole cluster is cut into one for each of them."""


class RightSized(Struct, frozen=True):
    """The rules for one subject in one namespace, or with ``""`` for the cluster."""

    subject: Subject
    namespace: str
    rules: tuple[PolicyRule, ...]


def right_sized(usage: SubjectUsage) -> tuple[RightSized, ...]:
    """What replaces the subject's judged bindings; the others stay as they are.

    Each observed request is still allowed, and nothing is that was not granted before: a Role in
    each namespace where a grant for the cluster was used, if they are few.
    """
    cells: dict[str, list[PolicyRule]] = defaultdict(list)
    for grant in usage.grants:
        if not grant.doubt:
            for namespace, cell in _kept(grant):
                cells[namespace].append(cell)
    return tuple(
        RightSized(usage.subject, namespace, joined(each))
        for namespace, each in sorted(cells.items())
    )


def replaced(usage: SubjectUsage) -> tuple[GrantUsage, ...]:
    """The grants that the right-sized roles stand for."""
    return tuple(grant for grant in usage.grants if not grant.doubt)


def _kept(grant: GrantUsage) -> Iterator[tuple[str, PolicyRule]]:
    """Namespace and cell of all that has to stay."""
    place = grant.binding.meta.namespace
    spread = {shape.namespace for rule in grant.rules for shape in rule.shapes} - {CLUSTER}
    for rule in grant.rules:
        whole = cells_of(rule.rule) if _too_many_urls(rule) else rule.unproven
        staying = tuple(whole)
        yield from ((place, cell) for cell in staying)
        for shape in rule.shapes:
            if not any(allows(cell, request_of(shape)) for cell in staying):
                yield (place if place or len(spread) > FEW else shape.namespace), _cell(shape, rule)


def _too_many_urls(rule: RuleUsage) -> bool:
    """Whether the ledger did not keep all URLs that a rule was used for."""
    return bool(rule.rule.non_resource_urls) and len(rule.shapes) >= PATHS


def _cell(shape: Shape, usage: RuleUsage) -> PolicyRule:
    if shape.path:
        return PolicyRule((shape.verb,), non_resource_urls=(shape.path,))
    names = (shape.name,) if usage.rule.resource_names else ()
    return PolicyRule((shape.verb,), (shape.group,), (shape.resource,), names)
