"""Whether an audit policy logs what a subject may do: for sure, or it does not count."""

from pathlib import Path

import pytest

from assessor.adapters.audit_policy_file import read_policy
from assessor.analysis.rbac.audit_policy import PolicyCoverage
from assessor.analysis.rbac.directory import Directory, Key
from assessor.analysis.rbac.usage.impersonators import Impersonators, impersonators
from assessor.inventory.meta import Meta
from assessor.inventory.rbac import PolicyRule, Role, RoleBinding, RoleRef, Subject
from assessor.kernel.errors import InputError

APP = Subject("ServiceAccount", "app", "a")
JANE = Subject("User", "jane")
TEAM = Subject("Group", "team")
HEAD = "apiVersion: audit.k8s.io/v1\nkind: Policy\n"


NOBODY = Impersonators(frozenset())


def policy(
    tmp_path: Path, rules: str, head: str = HEAD, acting: Impersonators = NOBODY
) -> PolicyCoverage:
    """A policy of these rules."""
    path = tmp_path / "policy.yaml"
    path.write_text(f"{head}rules:\n{rules}", encoding="utf-8")
    return PolicyCoverage(read_policy(str(path)), acting)


def cell(verb: str, resource: str, group: str = "", name: str = "") -> PolicyRule:
    """One verb on one resource."""
    return PolicyRule((verb,), (group,), (resource,), (name,) if name else ())


def url(path: str) -> PolicyRule:
    """A read of a URL."""
    return PolicyRule(("get",), non_resource_urls=(path,))


Case = tuple[str, Subject, PolicyRule, str, bool]
"""The policy's rules, who may do what in which namespace, and whether all of it is logged."""

ALL = "- {level: Metadata}\n"


@pytest.mark.parametrize(
    "case",
    [
        (ALL, APP, cell("get", "pods"), "a", True),
        (ALL, APP, cell("*", "*", "*"), "", True),
        (ALL, APP, url("/metrics"), "", True),
        ("- {level: None}\n", APP, cell("get", "pods"), "a", False),
        ("- {level: Metadata, verbs: [create]}\n", APP, cell("get", "pods"), "a", False),
        ("- {level: Metadata, verbs: [create]}\n", APP, cell("*", "pods"), "a", False),
        ("- {level: None, verbs: [get]}\n" + ALL, APP, cell("get", "pods"), "a", False),
        ("- {level: None, verbs: [get]}\n" + ALL, APP, cell("list", "pods"), "a", True),
        ("- {level: None, verbs: [get]}\n" + ALL, APP, cell("*", "pods"), "a", False),
        (
            '- {level: None, resources: [{group: "", resources: [events]}]}\n' + ALL,
            APP,
            cell("get", "pods"),
            "a",
            True,
        ),
        (
            '- {level: None, resources: [{group: "", resources: [events]}]}\n' + ALL,
            APP,
            cell("get", "*"),
            "a",
            False,
        ),
        (
            '- {level: None, resources: [{group: "", resources: [events]}]}\n' + ALL,
            APP,
            cell("get", "*", "apps"),
            "a",
            True,
        ),
        (
            '- {level: None, resources: [{group: "", resources: ["pods/*"]}]}\n' + ALL,
            APP,
            cell("get", "pods/log"),
            "a",
            False,
        ),
        (
            '- {level: None, resources: [{group: "*", resources: ["*/status"]}]}\n' + ALL,
            APP,
            cell("get", "pods"),
            "a",
            True,
        ),
        (
            "- {level: None, resources: [{resources: [configmaps], resourceNames: [one]}]}\n" + ALL,
            APP,
            cell("get", "configmaps"),
            "a",
            False,
        ),
        (
            "- {level: None, resources: [{resources: [configmaps], resourceNames: [one]}]}\n" + ALL,
            APP,
            cell("get", "configmaps", name="two"),
            "a",
            True,
        ),
        ("- {level: None, namespaces: [b]}\n" + ALL, APP, cell("get", "pods"), "a", True),
        ("- {level: None, namespaces: [b]}\n" + ALL, APP, cell("get", "pods"), "", False),
        ("- {level: None, namespaces: [b]}\n" + ALL, APP, url("/metrics"), "", True),
        ("- {level: None, users: [jane]}\n" + ALL, JANE, cell("get", "pods"), "a", False),
        (
            "- {level: None, users: [system:kube-proxy]}\n" + ALL,
            APP,
            cell("get", "pods"),
            "a",
            True,
        ),
        ("- {level: None, users: [jane]}\n" + ALL, TEAM, cell("get", "pods"), "a", False),
        ("- {level: None, userGroups: [team]}\n" + ALL, JANE, cell("get", "pods"), "a", False),
        (
            "- {level: None, userGroups: [system:nodes]}\n" + ALL,
            APP,
            cell("get", "pods"),
            "a",
            True,
        ),
        (
            '- {level: None, userGroups: ["system:serviceaccounts"]}\n' + ALL,
            APP,
            cell("get", "pods"),
            "a",
            False,
        ),
        ('- {level: None, nonResourceURLs: ["/health*"]}\n' + ALL, APP, url("/healthz"), "", False),
        ('- {level: None, nonResourceURLs: ["/health*"]}\n' + ALL, APP, url("/metrics"), "", True),
        ('- {level: None, nonResourceURLs: ["/healthz"]}\n' + ALL, APP, url("/*"), "", False),
        ('- {level: None, nonResourceURLs: ["*"]}\n' + ALL, APP, cell("get", "pods"), "a", True),
        (
            "- {level: Metadata, omitStages: [ResponseComplete]}\n",
            APP,
            cell("watch", "pods"),
            "a",
            True,
        ),
        (
            "- {level: Metadata, omitStages: [ResponseComplete]}\n",
            APP,
            cell("get", "pods"),
            "a",
            False,
        ),
    ],
)
def test_the_first_rule_that_matches_decides(tmp_path: Path, case: Case) -> None:
    """And one that might match may leave something out."""
    rules, subject, asked, namespace, covered = case
    assert policy(tmp_path, rules).covers(subject, asked, namespace) is covered


ROBOT = ("user", "system:serviceaccount:b:robot")


@pytest.mark.parametrize(
    ("who", "acting", "covered"),
    [
        ("users: [jane]", (), False),
        ("userGroups: [team]", (), False),
        ("userGroups: [system:masters]", (), False),
        ("users: ['system:serviceaccount:b:robot']", (), True),
        ("users: ['system:serviceaccount:b:robot']", (ROBOT,), False),
        ("users: ['system:serviceaccount:b:other']", (ROBOT,), True),
        ("users: ['system:serviceaccount:b:o']", (("group", "system:serviceaccounts:b"),), False),
        ("userGroups: ['system:serviceaccounts:b']", (ROBOT,), False),
        ("userGroups: ['system:serviceaccounts:c']", (ROBOT,), True),
        ("users: ['system:kube-scheduler']", (ROBOT,), True),
    ],
)
def test_whoever_may_act_as_the_subject_has_to_be_logged_too(
    tmp_path: Path, who: str, acting: tuple[Key, ...], *, covered: bool
) -> None:
    """The policy is matched before impersonation."""
    rules = f"- {{level: None, {who}}}\n{ALL}"
    known = policy(tmp_path, rules, acting=Impersonators(frozenset(acting)))
    assert known.covers(APP, cell("get", "pods"), "a") is covered


def test_impersonators_are_those_with_a_right_to_it() -> None:
    """By verb, by wildcard, and constrained; a wildcard on what nobody can be is none."""
    verdicts = []
    for rule in (
        PolicyRule(("impersonate",), ("",), ("users",)),
        PolicyRule(("*",), ("*",), ("*",)),
        PolicyRule(("impersonate:user-info",), ("authentication.k8s.io",), ("users",)),
        PolicyRule(("*",), ("apps",), ("*",)),
    ):
        role = Role(Meta("r", "", "", {}), (rule,))
        bound = RoleBinding(Meta("b", "", "", {}), RoleRef("ClusterRole", "r"), (JANE,))
        verdicts.append(impersonators(Directory([role], [bound])).keys)
    jane = frozenset({("user", "jane")})
    assert verdicts == [jane, jane, jane, frozenset()]


def test_the_policys_own_stages_count(tmp_path: Path) -> None:
    """For every rule."""
    head = f"{HEAD}omitStages: [ResponseComplete, ResponseStarted]\n"
    assert not policy(tmp_path, ALL, head).covers(APP, cell("watch", "pods"), "a")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("kind: Policy\n", "apiVersion"),
        (f"{HEAD}rules: [{{level: Some}}]\n", "level"),
        (f"{HEAD}rules: [{{level: None, who: [x]}}]\n", "who"),
        (f"{HEAD}---\n{HEAD}", "2 documents"),
        ("", "0 documents"),
    ],
)
def test_what_is_no_policy_is_an_error(tmp_path: Path, text: str, why: str) -> None:
    """A field that is not understood might leave requests out."""
    path = tmp_path / "policy.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=why):
        read_policy(str(path))
