"""Rules cut into cells, one verb on one resource or URL, and put together again."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import product

import msgspec

from assessor.analysis.rbac.requests import Request
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


def cell_of(request: Request, rule: PolicyRule) -> PolicyRule:
    """The smallest cell that allows a request as ``rule`` does: named only where that is."""
    if request.path:
        return PolicyRule((request.verb,), non_resource_urls=(request.path,))
    names = (request.name,) if rule.resource_names else ()
    return PolicyRule((request.verb,), (request.group,), (request.combined,), names)


def grants(cell: PolicyRule, other: PolicyRule) -> bool:
    """Whether a cell grants all that another does."""
    return common(cell, other) == other


def common(cell: PolicyRule, other: PolicyRule) -> PolicyRule | None:
    """What two cells both grant, as a cell; None where that is nothing."""
    verbs = _narrower(cell.verbs, other.verbs)
    names = _names(cell.resource_names, other.resource_names)
    if verbs is None or names is None:
        return None
    if cell.non_resource_urls and other.non_resource_urls:
        urls = _values(cell.non_resource_urls, other.non_resource_urls, _url)
        return PolicyRule(verbs, non_resource_urls=urls) if urls else None
    groups = _narrower(cell.api_groups, other.api_groups)
    resources = _values(cell.resources, other.resources, _resource)
    return PolicyRule(verbs, groups, resources, names) if groups and resources else None


Values = tuple[str, ...]


def _values(one: Values, two: Values, both: Callable[[str, str], str | None]) -> Values | None:
    """One value of each cell, or none where a cell is of the other sort."""
    found = both(one[0], two[0]) if one and two else None
    return None if found is None else (found,)


def _narrower(one: Values, two: Values) -> Values | None:
    """Of two values the one that is not ``*``, if they do not differ otherwise."""
    return _values(one, two, _equal)


def _equal(one: str, two: str) -> str | None:
    if one == ALL:
        return two
    return one if two in (ALL, one) else None


def _resource(one: str, two: str) -> str | None:
    """As `matching.resource_matches`: ``*/sub`` is a subresource of anything."""
    if (both := _equal(one, two)) is not None:
        return both
    for wide, narrow in ((one, two), (two, one)):
        if wide.startswith("*/") and narrow.endswith(wide.removeprefix(ALL)):
            return narrow
    return None


def _url(one: str, two: str) -> str | None:
    for wide, narrow in ((one, two), (two, one)):
        if wide == narrow or (wide.endswith(ALL) and narrow.startswith(wide.rstrip(ALL))):
            return narrow
    return None


def _names(one: Values, two: Values) -> Values | None:
    """The names of both; empty are all."""
    if not (one and two):
        return one or two
    return one if one == two else None


def joined(cells: Iterable[PolicyRule]) -> tuple[PolicyRule, ...]:
    """Few rules, of one group each, that grant just what the cells grant; sorted.

    Cells that differ on one axis alone are one rule: first the verbs, then the resources or URLs,
    then the names. So no verb meets a resource or name that it did not have.
    """
    distinct = set(cells)
    limited = {cell for cell in distinct if cell.resource_names}
    rules = [*_merged(limited, *AXES, "resource_names"), *_merged(distinct - limited, *AXES)]
    return tuple(sorted(rules, key=order))


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


def order(rule: PolicyRule) -> tuple[tuple[str, ...], ...]:
    """What rules are sorted by."""
    return (
        rule.non_resource_urls,
        rule.api_groups,
        rule.resources,
        rule.resource_names,
        rule.verbs,
    )
