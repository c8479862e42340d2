"""How findings about bindings are told: who may do what, where, and by which rule."""

from collections.abc import Iterable, Iterator

from assessor.analysis.rbac.behind import rules_behind
from assessor.analysis.rbac.judging import Grant, judged
from assessor.catalogue.checks import Problem
from assessor.catalogue.wording import clip, name_some
from assessor.inventory.rbac import BoundRole, PolicyRule, Subject
from assessor.inventory.snapshot import Snapshot


def problems(risk: str, bound: BoundRole, snapshot: Snapshot) -> Iterator[Problem]:
    """The risk at this binding: once for all its subjects, or for each that needs others to it."""
    known = judged(snapshot).get(risk, {})
    return map(_problem, known.get(bound.binding.ref, ()))


def is_nowhere(risk: str, snapshot: Snapshot) -> bool:
    """Whether no binding is the risk: there are many of them, and in most namespaces none is."""
    return risk not in judged(snapshot)


def _problem(grant: Grant) -> Problem:
    key = str(grant.subjects[0]) if grant.joint else ""
    return Problem(told(grant), at="roleRef", key=key, severity=grant.hit.severity)


def told(grant: Grant) -> str:
    """One sentence: subjects, right, scope, role and rules."""
    hit, role = grant.hit, grant.role
    everywhere = "" if grant.binding.meta.namespace else ", in every namespace"
    text = f"{who(grant.subjects)} may {hit.may}{everywhere}, by {clip(str(role.ref))}"
    if grant.joint:
        return f"{text} together with {name_some(map(str, grant.joint))}"
    behind = rules_behind(role, hit.mask, grant.binding.meta.namespace)
    rules = [rule_text(rule) for rule in behind]
    return f"{text}: {name_some(rules)}" if rules else text


def who(subjects: Iterable[Subject]) -> str:
    """The subjects, as people say them."""
    return name_some(_subject(each) for each in subjects)


def rule_text(rule: PolicyRule) -> str:
    """``get, list on secrets``; a resource of a named group with the group."""
    groups = [group for group in rule.api_groups if group]
    suffix = f".{groups[0]}" if len(groups) == len(rule.api_groups) == 1 else ""
    resources = ", ".join(f"{resource}{suffix}" for resource in rule.resources)
    return f"{', '.join(rule.verbs)} on {resources}"


def _subject(subject: Subject) -> str:
    if subject.kind == "ServiceAccount":
        return f"ServiceAccount {subject.namespace}/{subject.name}"
    return f"{subject.kind} {subject.name}"
