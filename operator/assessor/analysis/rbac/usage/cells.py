"""Rules cut into cells, one verb on one resource or URL, and put together again."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import product

import msgspec

from assessor.inventory.rbac import PolicyRule

ALL = "*"


def cells_of(rule: PolicyRule) -> Iterator[PolicyRule]:
    """The cells of a rule, each a rule of its own; one for each name that it is limited to."""
    names: list[tuple[str, ...]] = [(name,) for name in rule.resource_names] or [()]
    for verb, group, resource, name in product(rule.verbs, rule.api_groups, rule.resources, names):
        yield PolicyRule((verb,), (group,), (resource,), name)
    for verb, url in product(rule.verbs, rule.non_resource_urls):
        yield PolicyRule((verb,), non_resource_urls=(url,))


def is_wild(cell: PolicyRule) -> bool:
    """Whether a cell stands for more than one verb, group, resource or URL."""
    values = (*cell.verbs, *cell.api_groups, *cell.resources, *cell.non_resource_urls)
    return any(ALL in value for value in values)


def joined(cells: Iterable[PolicyRule]) -> tuple[PolicyRule, ...]:
    """Few rules, of one group each, that grant just what the cells grant; sorted.

    Cells that differ on one axis alone are one rule: first the verbs, then the resources or URLs,
    then the names. So no verb meets a resource or name that it did not have.
    """
    distinct = set(cells)
    limited = {cell for cell in distinct if cell.resource_names}
    rules = [*_merged(limited, *AXES, "resource_names"), *_merged(distinct - limited, *AXES)]
    return tuple(sorted(rules, key=_order))


AXES = ("verbs", "resources", "non_resource_urls")


def _merged(rules: Iterable[PolicyRule], *axes: str) -> Iterable[PolicyRule]:
    """Merge rules that differ on one axis alone, axis by axis."""
    for axis in axes:
        values: dict[PolicyRule, set[str]] = defaultdict(set)
        for rule in rules:
            values[msgspec.structs.replace(rule, **{axis: ()})].update(getattr(rule, axis))
        rules = [
            msgspec.structs.replace(rule, **{axis: tuple(sorted(found))})
            for rule, found in values.items()
        ]
    return rules


def _order(rule: PolicyRule) -> tuple[tuple[str, ...], ...]:
    return (
        rule.non_resource_urls,
        rule.api_groups,
        rule.resources,
        rule.resource_names,
        rule.verbs,
    )
