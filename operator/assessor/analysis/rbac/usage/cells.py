"""Rules cut into cells, one verb on one resource or URL, and put together again."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import product

import msgspec

from assessor.inventory.rbac import PolicyRule

ALL = "*"


def cells_of(rule: PolicyRule) -> Iterator[PolicyRule]:
    """The cells of a rule, each a rule of its own, with the names that it is limited to."""
    for verb, group, resource in product(rule.verbs, rule.api_groups, rule.resources):
        yield PolicyRule((verb,), (group,), (resource,), rule.resource_names)
    for verb, url in product(rule.verbs, rule.non_resource_urls):
        yield PolicyRule((verb,), non_resource_urls=(url,))


def is_wild(cell: PolicyRule) -> bool:
    """Whether a cell stands for more than one verb, group, resource or URL."""
    values = (*cell.verbs, *cell.api_groups, *cell.resources, *cell.non_resource_urls)
    return any(ALL in value for value in values)


def joined(cells: Iterable[PolicyRule]) -> tuple[PolicyRule, ...]:
    """The fewest rules of one group each that grant just what the cells grant; sorted.

    First the verbs of each resource, then the resources with the same verbs: so no verb meets a
    resource that it did not have.
    """
    verbs: dict[PolicyRule, set[str]] = defaultdict(set)
    for cell in set(cells):
        verbs[msgspec.structs.replace(cell, verbs=())].update(cell.verbs)
    alike: dict[PolicyRule, list[PolicyRule]] = defaultdict(list)
    for place, allowed in verbs.items():
        kind = PolicyRule(tuple(sorted(allowed)), place.api_groups, (), place.resource_names)
        alike[kind].append(place)
    rules = [
        msgspec.structs.replace(
            kind,
            resources=tuple(sorted(value for each in places for value in each.resources)),
            non_resource_urls=tuple(
                sorted(value for each in places for value in each.non_resource_urls)
            ),
        )
        for kind, places in alike.items()
    ]
    return tuple(sorted(rules, key=_order))


def _order(rule: PolicyRule) -> tuple[tuple[str, ...], ...]:
    return (
        rule.non_resource_urls,
        rule.api_groups,
        rule.resources,
        rule.resource_names,
        rule.verbs,
    )
