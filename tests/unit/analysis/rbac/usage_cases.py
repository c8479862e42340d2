"""Single grants and what is said of them after some requests, for tests."""

from assessor.analysis.rbac.directory import Directory
from assessor.analysis.rbac.requests import Identity, Request, service_account
from assessor.analysis.rbac.usage.coverage import Coverage
from assessor.analysis.rbac.usage.ledger import Ledger, Limits
from assessor.analysis.rbac.usage.verdicts import (
    GrantUsage,
    Log,
    RuleUsage,
    SubjectUsage,
    usage,
)
from assessor.analysis.rbac.uses import Use
from assessor.inventory.meta import Meta
from assessor.inventory.rbac import PolicyRule, Role, RoleBinding, RoleRef, Subject

BEFORE, FIRST = "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"
APP = Subject("ServiceAccount", "app", "a")
IDENTITY = service_account("a", "app")
READ_PODS = PolicyRule(("get", "list"), ("",), ("pods",))
GET_POD = Request("get", "pods", namespace="a", name="one")
LIST_PODS = Request("list", "pods", namespace="a")


class Logged:
    """An audit policy that logs all but some verbs or namespaces."""

    def __init__(self, *, but: str = "", only: str = "") -> None:
        """Not the verb ``but``; in the namespace ``only``, if any."""
        self._but, self._only = but, only

    def covers(self, subject: Subject, cell: PolicyRule, namespace: str) -> bool:
        """Whether all of the cell is logged."""
        del subject
        (verb,) = cell.verbs
        known = verb not in (self._but, "*") or not self._but
        return known and (not self._only or namespace == self._only)


ALL_LOGGED = Logged()


def cell(verb: str, resource: str, group: str = "", name: str = "") -> PolicyRule:
    """One verb on one resource."""
    return PolicyRule((verb,), (group,), (resource,), (name,) if name else ())


def url(path: str) -> PolicyRule:
    """A read of a URL."""
    return PolicyRule(("get",), non_resource_urls=(path,))


def one_grant(
    rule: PolicyRule, namespace: str = "", subject: Subject = APP, name: str = "b", role: str = "r"
) -> Directory:
    """A ClusterRole of one rule, bound once."""
    binding = RoleBinding(
        Meta(name, namespace, "", {}), RoleRef("ClusterRole", role), (subject,), BEFORE
    )
    return Directory([Role(Meta(role, "", "", {}), (rule,), written=BEFORE)], [binding])


def judged(
    directory: Directory,
    *used: Request,
    coverage: Coverage = ALL_LOGGED,
    identity: Identity = IDENTITY,
    limits: Limits | None = None,
) -> tuple[SubjectUsage, ...]:
    """The usage after these requests of one identity."""
    ledger = Ledger(directory, limits)
    for request in used:
        ledger.take(Use(identity, request, 0.0))
    return usage(directory, Log(ledger, coverage, FIRST))


def grant_of(rule: PolicyRule, *used: Request, coverage: Coverage = ALL_LOGGED) -> GrantUsage:
    """What is said of one rule, bound for the cluster."""
    ((grant,),) = (each.grants for each in judged(one_grant(rule), *used, coverage=coverage))
    return grant


def rule_of(rule: PolicyRule, *used: Request, coverage: Coverage = ALL_LOGGED) -> RuleUsage:
    """The one rule of that."""
    (found,) = grant_of(rule, *used, coverage=coverage).rules
    return found
