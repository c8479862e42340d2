"""What it takes to write a role or binding, of one that an event tells.

Without ``escalate`` or ``bind``, who writes has to hold each verb on each resource, name and URL
that is given on, by one rule of his own ("Using RBAC Authorization", privilege escalation
prevention).
"""

from collections.abc import Iterable
from itertools import chain, islice

from msgspec import Struct

from assessor.analysis.rbac.authorizer import Grant, decide
from assessor.analysis.rbac.directory import Directory
from assessor.analysis.rbac.effect import effective_rule
from assessor.analysis.rbac.requests import Request
from assessor.analysis.rbac.usage.cells import cells_of
from assessor.analysis.rbac.uses import Given, Use
from assessor.inventory.rbac import RBAC_GROUP, PolicyRule


class Taken(Struct, frozen=True):
    """A right that was taken, and the grants of it."""

    right: Request
    grants: tuple[Grant, ...]


def taken(directory: Directory, use: Use, most: int) -> tuple[Taken, ...] | None:
    """The rights that were taken to give on what a write gives; None where they cannot be told.

    ``escalate`` or ``bind`` is asked for first, and is enough; an aggregated ClusterRole takes all
    rights, ``escalate`` among them. Of a role that a binding grants the rules have to be known as
    they were then. More than ``most`` rights are not looked up.
    """
    given = use.given
    if given is None:
        return None
    allowed = decide(directory, use.identity, _passing(use.request, given))
    if allowed.allowed:
        return (Taken(_passing(use.request, given), allowed.grants),)
    rules = _rules(directory, given)
    if rules is None:
        return None
    cells = tuple(islice(chain.from_iterable(map(cells_of, rules)), most + 1))
    if len(cells) > most:
        return None
    found = [_taken(directory, use, cell) for cell in cells]
    if not all(each.grants for each in found):
        # Refused for want of a right, which it will be again; or held in a way that is not judged.
        return () if given.refused else None
    return tuple(found)


def _passing(request: Request, given: Given) -> Request:
    """The right that makes others needless; who makes a role by POST has no name for it yet."""
    if given.role:
        namespace, name = given.role
        resource = "roles" if namespace else "clusterroles"
        return Request("bind", resource, RBAC_GROUP, "", request.namespace, name)
    name = "" if request.verb == "create" else request.name
    return Request("escalate", request.resource, RBAC_GROUP, "", request.namespace, name)


def _rules(directory: Directory, given: Given) -> Iterable[PolicyRule] | None:
    if not given.role:
        return None if given.aggregated else given.rules
    role = directory.roles.get(given.role)
    # Times of objects are in whole seconds: a role of the same second may have changed since.
    if role is None or not role.written or role.written >= given.at:
        return None
    return role.rules


def _taken(directory: Directory, use: Use, cell: PolicyRule) -> Taken:
    right = _right(cell, use.request.namespace)
    found = decide(directory, use.identity, right).grants
    return Taken(right, tuple(each for each in found if _is_judged(each, cell)))


def _is_judged(grant: Grant, cell: PolicyRule) -> bool:
    """Whether the binding grants the right. To be given on it counts all the same, unjudged."""
    return effective_rule(cell, grant.binding.meta.namespace) is not None


def _right(cell: PolicyRule, namespace: str) -> Request:
    """A cell as the request that a rule has to allow: a wildcard is one of wildcards alone."""
    (verb,) = cell.verbs
    if cell.non_resource_urls:
        return Request(verb, path=cell.non_resource_urls[0])
    resource, _, subresource = cell.resources[0].partition("/")
    name = cell.resource_names[0] if cell.resource_names else ""
    return Request(verb, resource, cell.api_groups[0], subresource, namespace, name)
