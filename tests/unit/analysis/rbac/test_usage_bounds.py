"""New names are new, and the ledger stays small, whatever a log holds."""

import msgspec
import pytest

from assessor.analysis.rbac.directory import Directory
from assessor.analysis.rbac.requests import Identity, Request, service_account
from assessor.analysis.rbac.usage import hidden, impersonators
from assessor.analysis.rbac.usage.hidden import impersonates
from assessor.analysis.rbac.usage.ledger import Ledger, Limits
from assessor.analysis.rbac.usage.rightsizing import replacement
from assessor.analysis.rbac.usage.verdicts import Log, usage
from assessor.analysis.rbac.uses import Use
from assessor.inventory.meta import Meta
from assessor.inventory.rbac import PolicyRule, Role, RoleBinding, RoleRef, Subject
from tests.unit.analysis.rbac.usage_cases import (
    ALL_LOGGED,
    BEFORE,
    FIRST,
    IDENTITY,
    READ_PODS,
    cell,
    judged,
    one_grant,
)


def test_names_of_new_roles_are_new() -> None:
    """Two subjects that read the same get two names, and none is one that is there."""
    subjects = (Subject("ServiceAccount", "c", "a-b"), Subject("ServiceAccount", "b-c", "a"))
    directory = Directory(
        one_grant(READ_PODS).roles.values(),
        [RoleBinding(Meta("b", "", "", {}), RoleRef("ClusterRole", "r"), subjects, BEFORE)],
    )

    def names(known: Directory) -> list[str]:
        ledger = Ledger(directory)
        for each in subjects:
            ledger.take(Use(service_account(each.namespace, each.name), Request("get", "pods"), 0))
        found = usage(directory, Log(ledger, ALL_LOGGED, FIRST))
        return [each.name for each in replacement(found, known).sized]

    first = names(directory)
    assert len(set(first)) == len(first) == 2
    there = [Role(Meta(name, "", "", {}), ()) for name in first]
    assert not set(names(Directory(there, directory.bindings))) & set(first)


# ── memory ────────────────────────────────────────────────────────────────────────────────────


def test_the_ledger_is_bounded() -> None:
    """In requests remembered, cells of a rule, and namespaces of a cell."""
    limits = Limits(remembered=10, length=120, cells=3, namespaces=2)
    ledger = Ledger(one_grant(PolicyRule(("*",), ("*",), ("*",))), limits)
    for number in range(100):
        for name in ("x", "x" * 1000):
            for request in (
                Request("get", f"kind{number}", namespace=f"n{number}", name=name),
                Request("get", "kind0", namespace=f"n{number}", name=name),
            ):
                ledger.take(Use(IDENTITY, request, 0.0))
    assert len(ledger._seen) <= limits.remembered
    assert len(ledger._seen) > 0
    assert not any(len(request.name) > limits.length for _, request, *_ in ledger._seen)
    (uses,) = ledger._rules.values()
    assert (len(uses.used()), uses.is_complete) == (3, False)
    assert max(len(used.namespaces) for used in uses.used()) == limits.namespaces + 1


def test_what_was_used_for_too_much_stays_whole() -> None:
    """What the ledger did not keep may be any of it."""
    directory = one_grant(PolicyRule(("get",), ("*",), ("*",)))
    used = [Request("get", f"kind{number}", namespace="a") for number in range(4)]
    small = Limits(cells=3)
    ((grant,),) = (each.grants for each in judged(directory, *used, limits=small))
    assert (grant.excessive, grant.undecided) == (False, True)
    assert grant.rules[0].unproven == (cell("get", "*", "*"),)


def test_many_namespaces_do_not_hide_what_a_wildcard_was_used_for() -> None:
    """Each cell counts once, wherever it was used."""
    directory = one_grant(PolicyRule(("get",), ("apps",), ("*",)))
    used = [Request("get", "deployments", "apps", namespace=f"n{number}") for number in range(50)]
    ((grant,),) = (each.grants for each in judged(directory, *used, limits=Limits(cells=3)))
    assert grant.excessive
    (sized,) = replacement(judged(directory, *used), directory).sized
    assert (sized.namespace, sized.rules) == ("", (cell("get", "deployments", "apps"),))


LONG = "x" * 5000


@pytest.mark.parametrize("what", ["verb", "resource", "group", "subresource", "namespace", "path"])
def test_nothing_long_is_kept_of_a_request(what: str) -> None:
    """Whatever the API server was asked for; the rule stays whole, since that is not known then."""
    wide = PolicyRule(("*",), ("*",), ("*",), (), ("*",))
    ledger = Ledger(one_grant(wide))
    made = msgspec.structs.replace(Request("get", "pods", namespace="a"), **{what: LONG})
    ledger.take(Use(IDENTITY, made, 0.0))
    (uses,) = ledger._rules.values()
    assert (ledger._seen, uses.used(), uses.is_complete) == (set(), (), False)


@pytest.mark.parametrize(
    "identity", [Identity(LONG, IDENTITY.groups), Identity("jane", IDENTITY.groups | {LONG})]
)
def test_nothing_long_is_kept_of_a_user(identity: Identity) -> None:
    """Nor of its groups; what a group's right was used for is short."""
    subject = Subject("Group", "system:authenticated")
    ledger = Ledger(one_grant(READ_PODS, subject=subject))
    ledger.take(Use(identity, Request("get", "pods", namespace="a"), 0.0))
    (uses,) = ledger._rules.values()
    assert (ledger._seen, len(uses.used()), uses.is_complete) == (set(), 1, True)


def test_kinds_of_request_that_are_kept_at_hand_are_short() -> None:
    """There are thousands of them."""
    before = hidden._asked_in.cache_info().currsize
    hidden.asked_in(Request("create", LONG))
    hidden.asked_in(Request(LONG, "pods"))
    assert hidden._asked_in.cache_info().currsize == before


def test_who_impersonates_is_derived_once_for_each_role(monkeypatch: pytest.MonkeyPatch) -> None:
    """However often it is bound, and however many names it holds."""
    looked: list[PolicyRule] = []
    monkeypatch.setattr(
        impersonators, "impersonates", lambda cell: looked.append(cell) or impersonates(cell)
    )
    names = tuple(map(str, range(1000)))
    rule = PolicyRule(("get", "impersonate"), ("",), ("serviceaccounts",), names)
    known = one_grant(rule)
    bindings = [
        msgspec.structs.replace(each, meta=Meta(f"b{number}", "", "", {}))
        for each in known.bindings
        for number in range(50)
    ]
    found = impersonators.impersonators(Directory(known.roles.values(), bindings))
    assert found.may_be([IDENTITY.user], [])
    assert len(looked) <= 2
