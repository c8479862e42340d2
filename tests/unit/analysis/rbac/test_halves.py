"""What one binding lets create by name, and another lets patch: server-side apply takes both."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessor.analysis.rbac.atom_table import INDEX
from assessor.analysis.rbac.holdings import held, parts_of
from assessor.analysis.rbac.standing import standing
from assessor.analysis.rbac.union import united
from assessor.inventory.rbac import BoundRole, ClusterGrants, PolicyRule, Subject
from assessor.kernel.severity import Severity
from tests.unit.analysis.rbac.granted import (
    APP,
    GET_SECRETS,
    JANE,
    found,
    grants,
    group,
    of_cluster,
    of_namespace,
)
from tests.unit.analysis.rbac.test_atoms import rules
from tests.unit.views import bound, snapshot


def on(kind: str, verb: str, *names: str, api_group: str = "") -> PolicyRule:
    """One verb on objects of those names."""
    return PolicyRule((verb,), (api_group,), (kind,), names)


CREATE = on("deployments", "create", "web", api_group="apps")
PATCH = on("deployments", "patch", "web", api_group="apps")
PATCH_OTHER = on("deployments", "patch", "other", api_group="apps")
CREATE_TOKEN = on("secrets", "create", "token")
PATCH_TOKEN = on("secrets", "patch", "token")
PATCH_SECRETS = on("secrets", "patch")


def joint(*several: BoundRole, **more: object) -> list[tuple[str, str, Severity, list[str]]]:
    """Risk, binding, severity and other bindings of what takes several."""
    observed = snapshot(role_bindings=several, **more)
    return [
        (each.hit.risk, each.binding.meta.name, each.hit.severity, [ref.name for ref in each.joint])
        for each in grants(observed)
        if each.joint
    ]


def test_who_creates_and_patches_by_two_bindings_runs_what_it_likes() -> None:
    """As bad as by one: the name tells nothing of what is made."""
    assert found(snapshot(role_bindings=(bound("a", CREATE, PATCH),))) == {
        "create-workloads": [("a", Severity.HIGH)]
    }
    told = joint(bound("a", CREATE), bound("b", PATCH))
    assert told == [("create-workloads", "a", Severity.HIGH, ["b"])]


@pytest.mark.parametrize("patch", [PATCH_TOKEN, PATCH_SECRETS])
def test_a_token_is_minted_by_two_bindings(patch: PolicyRule) -> None:
    """A patch of a Secret answers with it, so that nothing else is needed to read it."""
    told = joint(bound("a", CREATE_TOKEN), bound("b", patch))
    assert ("mint-token-secret", "a", Severity.HIGH, ["b"]) in told


def test_what_has_no_part_in_it_is_not_named() -> None:
    """Neither who reads Secrets nor who patches another Deployment."""
    others = bound("d", PATCH_OTHER)
    told = joint(bound("a", CREATE), bound("b", PATCH), bound("c", GET_SECRETS), others)
    assert told == [("create-workloads", "a", Severity.HIGH, ["b"])]


@pytest.mark.parametrize(
    "several",
    [
        (bound("a", CREATE), bound("b", PATCH_OTHER)),
        (bound("a", CREATE), bound("b", PATCH, account="other")),
        (bound("a", CREATE), bound("b", on("deployments", "update", "web", api_group="apps"))),
        (bound("a", CREATE_TOKEN), bound("b", PATCH)),
        (bound("a", CREATE, PATCH), bound("b", PATCH)),
        (bound("a", CREATE), bound("b", CREATE)),
    ],
)
def test_what_does_not_meet_adds_nothing(several: tuple[BoundRole, ...]) -> None:
    """Other names, subjects, verbs or kinds, and what one binding is already."""
    assert joint(*several) == []


def test_the_clusters_binding_completes_a_namespaces_own() -> None:
    """Of a group of every account, and of what else is bound to a person."""
    everybody = group("system:authenticated")
    common = of_cluster("c", PATCH_TOKEN, subjects=(everybody,))
    told = joint(bound("a", CREATE_TOKEN), common_bindings=(common,))
    assert told == [("mint-token-secret", "a", Severity.HIGH, ["c"])]
    here = of_namespace("a", PATCH_TOKEN, subjects=(JANE,))
    wide = of_cluster("b", CREATE_TOKEN, subjects=(JANE,))
    told = joint(here, cluster_grants={("user", "jane"): ClusterGrants((wide,))})
    assert told == [("mint-token-secret", "a", Severity.HIGH, ["b"])]


def test_what_the_cluster_alone_makes_is_no_namespaces_finding() -> None:
    """A RoleBinding here that lets patch another Secret adds nothing to it."""
    here = of_namespace("a", on("secrets", "patch", "else"), subjects=(JANE,))
    wide = [
        of_cluster(n, r, subjects=(JANE,)) for n, r in (("b", CREATE_TOKEN), ("c", PATCH_TOKEN))
    ]
    assert joint(here, cluster_grants={("user", "jane"): ClusterGrants(tuple(wide))}) == []


def test_two_bindings_of_the_cluster_make_it_so_everywhere() -> None:
    """Critical, and no RoleBinding has a part in it."""
    own = [of_cluster(n, r, subjects=(APP,)) for n, r in (("b", CREATE_TOKEN), ("c", PATCH_TOKEN))]
    told = joint(bound("a", PATCH_TOKEN), cluster_role_bindings=tuple(own))
    assert ("mint-token-secret", "b", Severity.CRITICAL, ["c"]) in told


def test_an_account_is_weighed_by_it() -> None:
    """AUTHZ-02 takes the same union."""
    apart = snapshot(role_bindings=(bound("a", CREATE), bound("b", PATCH_OTHER)))
    together = snapshot(role_bindings=(bound("a", CREATE), bound("b", PATCH)))
    worst = [standing(each, "app") for each in (apart, together)]
    assert [each and each.worst for each in worst] == [Severity.MEDIUM, Severity.HIGH]


@settings(deadline=None, max_examples=200)
@given(st.lists(rules, min_size=2, max_size=4))
def test_bindings_together_grant_what_their_rules_do(several: list[PolicyRule]) -> None:
    """One rule a role or all in one: what is created is the same."""
    subjects = (Subject("User", "jane"),)
    bindings = [of_cluster(str(n), rule, subjects=subjects) for n, rule in enumerate(several)]
    parts = parts_of([held(each, own=True) for each in bindings])
    if any(part.rules for part in parts):
        union, whole = united(parts), INDEX.powers(several)
        assert (union.held, union.any) == (whole.held, whole.any)
    else:
        apart = [INDEX.powers((rule,)) for rule in several]
        whole = INDEX.powers(several)
        created = INDEX.created
        assert whole.any & created == created & _or(each.any for each in apart)
        assert whole.held & created == created & _or(each.held for each in apart)


def _or(masks: object) -> int:
    joint_mask = 0
    for mask in masks:  # type: ignore[attr-defined]
        joint_mask |= mask
    return joint_mask
