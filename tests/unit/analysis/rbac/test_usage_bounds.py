"""New names are new, and the ledger stays small, whatever a log holds."""

from assessor.analysis.rbac.directory import Directory
from assessor.analysis.rbac.requests import Request, service_account
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
    limits = Limits(remembered=10, length=20, cells=3, namespaces=2)
    ledger = Ledger(one_grant(PolicyRule(("*",), ("*",), ("*",))), limits)
    for number in range(100):
        for name in ("x", "x" * 1000):
            for request in (
                Request("get", f"kind{number}", namespace=f"n{number}", name=name),
                Request("get", "kind0", namespace=f"n{number}", name=name),
            ):
                ledger.take(Use(IDENTITY, request, 0.0))
    assert len(ledger._seen) <= limits.remembered
    assert not any(len(request.name) > limits.length for _, request, _ in ledger._seen)
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
