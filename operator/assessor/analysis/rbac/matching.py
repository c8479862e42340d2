"""Whether a rule allows a request: the comparisons of kube-apiserver's RBAC authorizer.

The rules are those of "Using RBAC Authorization" and of the types' API reference; that nothing
differs from the API server is tested against SubjectAccessReview.
"""

from collections.abc import Iterable

from assessor.analysis.rbac.requests import Request
from assessor.inventory.rbac import PolicyRule

ALL = "*"


def allows(rule: PolicyRule, request: Request) -> bool:
    """Whether ``rule`` alone allows ``request``: verb, group, resource and name within one rule."""
    if not _holds(rule.verbs, request.verb):
        return False
    if request.path:
        return any(url_matches(pattern, request.path) for pattern in rule.non_resource_urls)
    return (
        _holds(rule.api_groups, request.group)
        and any(resource_matches(pattern, request) for pattern in rule.resources)
        and (not rule.resource_names or request.name in rule.resource_names)
    )


def resource_matches(pattern: str, request: Request) -> bool:
    """``*`` is everything; ``*/sub`` a subresource of anything; ``pods/*`` is no wildcard."""
    if pattern in (ALL, request.combined):
        return True
    return bool(request.subresource) and pattern == f"*/{request.subresource}"


def url_matches(pattern: str, path: str) -> bool:
    """A URL exactly, or by what stands before a trailing ``*``."""
    if pattern in (ALL, path):
        return True
    return pattern.endswith("*") and path.startswith(pattern.rstrip("*"))


def _holds(values: Iterable[str], wanted: str) -> bool:
    return ALL in values or wanted in values
