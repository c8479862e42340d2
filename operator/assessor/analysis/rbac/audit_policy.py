"""An API server's audit policy: whether a subject's requests would be in the log.

The first rule that matches a request decides at which level it is logged; a request that none
matches is not (audit.k8s.io/v1, Policy). Rules are matched against whoever really asks, before
impersonation: a rule for others than the subject may leave out what they do in its name.
"""

from collections.abc import Iterable
from enum import IntEnum

from msgspec import Struct

from assessor.analysis.rbac.matching import url_matches
from assessor.analysis.rbac.requests import identity_of
from assessor.analysis.rbac.usage.impersonators import Impersonators
from assessor.inventory.rbac import PolicyRule, Subject

ALL = "*"
COMPLETE, STARTED = "ResponseComplete", "ResponseStarted"


class Match(IntEnum):
    """How many of the requests that are asked about a rule matches."""

    NONE = 0
    SOME = 1
    """Or perhaps none, or all: it hangs on what is not known of them."""
    EVERY = 2


class GroupResources(Struct, frozen=True):
    """Resources of one API group; no ``resources`` are all of them."""

    group: str = ""
    resources: tuple[str, ...] = ()
    resource_names: tuple[str, ...] = ()


class AuditRule(Struct, frozen=True):
    """One rule; what is empty matches all. ``omit_stages`` holds the policy's own as well."""

    level: str
    users: tuple[str, ...] = ()
    user_groups: tuple[str, ...] = ()
    verbs: tuple[str, ...] = ()
    resources: tuple[GroupResources, ...] = ()
    namespaces: tuple[str, ...] = ()
    non_resource_urls: tuple[str, ...] = ()
    omit_stages: frozenset[str] = frozenset()

    def logs(self, verb: str) -> bool:
        """Whether an answered request that it matches leaves an event."""
        if self.level == "None":
            return False
        return COMPLETE not in self.omit_stages or (
            verb == "watch" and STARTED not in self.omit_stages
        )


class PolicyCoverage:
    """Tells from the policy; in doubt a request is not logged."""

    def __init__(self, rules: Iterable[AuditRule], acting: Impersonators) -> None:
        """``rules`` in the policy's order; ``acting`` are those who may act as others."""
        self._rules = tuple((rule, acting.may_be(rule.users, rule.user_groups)) for rule in rules)

    def covers(self, subject: Subject, cell: PolicyRule, namespace: str) -> bool:
        """Whether all requests that ``cell`` allows in ``namespace``, "" for any, are logged."""
        (verb,) = cell.verbs
        for rule, acting in self._rules:
            who = max(_who(rule, subject), Match.SOME if acting else Match.NONE)
            match = min(who, _what(rule, cell, namespace))
            if match is Match.NONE:
                continue
            if not rule.logs(verb):
                return False
            if match is Match.EVERY:
                return True
        return False


def _who(rule: AuditRule, subject: Subject) -> Match:
    return min(_user(rule, subject), _group(rule, subject))


def _what(rule: AuditRule, cell: PolicyRule, namespace: str) -> Match:
    return min(
        _one_of(rule.verbs, cell.verbs[0]),
        _url(rule, cell) if cell.non_resource_urls else _resource(rule, cell, namespace),
    )


def _user(rule: AuditRule, subject: Subject) -> Match:
    if not rule.users:
        return Match.EVERY
    if subject.kind == "Group":
        return Match.SOME
    return Match.EVERY if identity_of(subject).user in rule.users else Match.NONE


def _group(rule: AuditRule, subject: Subject) -> Match:
    """Only of a service account all groups are known; others are in these and perhaps in more."""
    if not rule.user_groups or identity_of(subject).groups & set(rule.user_groups):
        return Match.EVERY
    return Match.NONE if subject.kind == "ServiceAccount" else Match.SOME


def _one_of(values: tuple[str, ...], wanted: str) -> Match:
    if not values or wanted in values:
        return Match.EVERY
    return Match.SOME if wanted == ALL else Match.NONE


def _url(rule: AuditRule, cell: PolicyRule) -> Match:
    if rule.namespaces or rule.resources:
        return Match.NONE
    if not rule.non_resource_urls:
        return Match.EVERY
    (url,) = cell.non_resource_urls
    return max(_url_match(pattern, url) for pattern in rule.non_resource_urls)


def _url_match(pattern: str, url: str) -> Match:
    """A pattern against a URL that may be a pattern itself."""
    beginning = url.rstrip(ALL)
    if url_matches(pattern, url) or (pattern.endswith(ALL) and url_matches(pattern, beginning)):
        return Match.EVERY
    return Match.SOME if url.endswith(ALL) and pattern.startswith(beginning) else Match.NONE


def _resource(rule: AuditRule, cell: PolicyRule, namespace: str) -> Match:
    if rule.non_resource_urls and not (rule.namespaces or rule.resources):
        return Match.NONE
    place = _one_of(rule.namespaces, namespace or ALL)
    if not rule.resources:
        return place
    return min(place, max(_group_resources(each, cell) for each in rule.resources))


def _group_resources(given: GroupResources, cell: PolicyRule) -> Match:
    (group,), (resource,) = cell.api_groups, cell.resources
    match = Match.EVERY if given.group == ALL else _one_of((given.group,), group)
    if given.resources:
        match = min(match, max(_pattern(pattern, resource) for pattern in given.resources))
    return min(match, _names(given, cell))


def _pattern(pattern: str, resource: str) -> Match:
    """Unlike in roles, ``pods/*`` means something here: pods and every subresource of them."""
    name, _, subresource = resource.partition("/")
    if pattern in (ALL, resource):
        return Match.EVERY
    if resource == ALL:
        return Match.SOME
    of, _, sub = pattern.partition("/")
    if not sub:
        return Match.NONE
    if sub == ALL:
        return Match.EVERY if of == name else Match.SOME if name == ALL else Match.NONE
    if sub != subresource:
        return Match.NONE
    return Match.EVERY if of == ALL else Match.SOME if name == ALL else Match.NONE


def _names(given: GroupResources, cell: PolicyRule) -> Match:
    """Requests without a name, and with other names, are not matched."""
    if not given.resource_names or (
        cell.resource_names and set(cell.resource_names) <= set(given.resource_names)
    ):
        return Match.EVERY
    if cell.resource_names and not set(cell.resource_names) & set(given.resource_names):
        return Match.NONE
    return Match.SOME
