"""How findings about bindings are told: who may do what, where, and by which rule."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from assessor.analysis.rbac.behind import rules_behind
from assessor.analysis.rbac.grants import place_of
from assessor.analysis.rbac.judging import Grant, judged
from assessor.catalogue.checks import Problem
from assessor.catalogue.wording import clip, name_some
from assessor.inventory.rbac import BoundRole, PolicyRule, Role, Subject
from assessor.inventory.snapshot import Snapshot
from assessor.kernel.refs import ObjectRef


def problems(risk: str, bound: BoundRole, snapshot: Snapshot) -> Iterator[Problem]:
    """The risk at this binding: once for all its subjects, or for each that needs others to it."""
    known = judged(snapshot).get(risk, {})
    return map(_problem, known.get(bound.binding.ref, ()))


def where(snapshot: Snapshot) -> Mapping[str, Sequence[tuple[ObjectRef, BoundRole]]]:
    """By risk, the bindings that are it: there are many of both, and most are none."""
    return {
        risk: [(ref, BoundRole(first.binding, first.role)) for ref, (first, *_) in known.items()]
        for risk, known in judged(snapshot).items()
    }


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
    rules = _rules(role, hit.mask, grant.binding.meta.namespace)
    return f"{text}: {rules}" if rules else text


def _rules(role: Role, mask: int, namespace: str) -> str:
    """Those behind a risk, in words; derived once for each role and place where it matters."""
    kept = vars(role).setdefault("told", {})
    key = mask, place_of(role, namespace)
    if key not in kept:
        kept[key] = name_some(rule_text(rule) for rule in rules_behind(role, mask, namespace))
    words: str = kept[key]
    return words


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
