"""What of a rule takes effect where a binding grants it."""

import msgspec

from assessor.inventory.builtins import BUILTINS
from assessor.inventory.rbac import RBAC_GROUP, BoundRole, PolicyRule, Role

NAMESPACES = "namespaces"
NOBODYS = "*"
"""No namespace is called so."""

ALL = "*"

_NAMESPACELESS = frozenset((each.group, each.plural) for each in BUILTINS if not each.namespaced)
_NAMESPACED = frozenset((each.group, each.plural) for each in BUILTINS if each.namespaced)
_BUILT_IN_GROUPS = frozenset(each.group for each in BUILTINS)
_VIRTUAL = "authentication.k8s.io"
"""Its service accounts are nobody's objects: the right to impersonate one, in its namespace."""

_CLUSTER_GROUPS = _BUILT_IN_GROUPS - {group for group, _ in _NAMESPACED} - {_VIRTUAL}
"""Groups of which every kind is without namespace, so that all of them are."""

BOUND = (RBAC_GROUP, "clusterroles")
BINDING = frozenset({"bind", ALL})
"""To bind a ClusterRole by a RoleBinding is asked for in the namespace of that."""

_OF_NO_NAMESPACE = (_NAMESPACELESS - {("", NAMESPACES)}) | {(each, ALL) for each in _CLUSTER_GROUPS}
"""Resources on which a RoleBinding grants nothing; a namespace is within itself."""


def effective_rule(rule: PolicyRule, namespace: str) -> PolicyRule | None:
    """The rule as a binding in ``namespace`` grants it, ``""`` for one of the cluster.

    A RoleBinding grants no URLs and nothing on resources that have no namespace, of namespaces
    only its own; None where nothing is left.
    """
    if rule.resources and all(map(is_void, rule.resources)):
        return None
    if not namespace:
        return rule
    foreign = bool(rule.resource_names) and namespace not in rule.resource_names
    resources = tuple(
        each
        for each in rule.resources
        if not (is_void(each) or _is_nothing(each, rule))
        and not (foreign and _is_of(each, rule, {("", NAMESPACES)}))
    )
    if not resources:
        return None
    if len(resources) == len(rule.resources) and not rule.non_resource_urls:
        return rule
    return msgspec.structs.replace(rule, resources=resources, non_resource_urls=())


def is_void(resource: str) -> bool:
    """Whether a rule grants nothing on it: ``pods/*`` is no wildcard, and no subresource is ``*``.

    A rule matches ``*``, a resource as it is spelled and ``*/<subresource>``, nothing else
    (k8s.io/kubernetes/pkg/apis/rbac/v1, ResourceMatches).
    """
    return resource.endswith("/*")


def takes_effect(bound: BoundRole) -> bool:
    """Whether a binding grants anything at all."""
    if bound.role is None:
        return False
    namespace = bound.binding.meta.namespace
    return _takes_effect_anywhere(bound.role) or _takes_effect_in(namespace, bound.role)


def _takes_effect_anywhere(role: Role) -> bool:
    """Whether it does in whichever namespace; derived once for each role."""
    kept = vars(role)
    if "anywhere" not in kept:
        kept["anywhere"] = _takes_effect_in(NOBODYS, role)
    anywhere: bool = kept["anywhere"]
    return anywhere


def _takes_effect_in(namespace: str, role: Role) -> bool:
    return any(effective_rule(rule, namespace) is not None for rule in role.rules)


def has_namespace(rule: PolicyRule) -> bool:
    """Whether any resource of a rule is in namespaces, or may be, as nobody here knows it."""
    return any(not _is_of(each, rule, _NAMESPACELESS) for each in rule.resources)


def _is_nothing(resource: str, rule: PolicyRule) -> bool:
    """Whether a RoleBinding grants nothing on it, whichever of the rule's groups it is of.

    Where one of them has it, without namespace, it is not meant in another that the API server
    itself serves and that has none of that name.
    """
    if not rule.api_groups:
        return True
    plural = resource.partition("/")[0]
    pairs = {(group, plural) for group in rule.api_groups}
    if BOUND in pairs and not BINDING.isdisjoint(rule.verbs):
        return False
    others = pairs - _OF_NO_NAMESPACE
    return others < pairs and all(_is_unheard_of(*pair) for pair in others)


def _is_unheard_of(group: str, plural: str) -> bool:
    """Whether the API server has no such resource, nor will anybody else define it."""
    known = (group, plural) in _NAMESPACED or (group, plural) == ("", NAMESPACES)
    return group in _BUILT_IN_GROUPS and plural != ALL and not known


def _is_of(
    resource: str, rule: PolicyRule, known: set[tuple[str, str]] | frozenset[tuple[str, str]]
) -> bool:
    """Whether it is among ``known`` in each of the rule's groups; ``*`` may be any group."""
    plural = resource.partition("/")[0]
    return all((group, plural) in known for group in rule.api_groups)
