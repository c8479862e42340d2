"""A snapshot from stores: what reaches a namespace of which not everything is known."""

import json
from typing import Any

import pytest
from msgspec import Struct, structs

from assessor.adapters.bulk import MOST_PARTS
from assessor.adapters.composition import Source, compose
from assessor.adapters.excess import MOST_POLICY_RULES, MOST_ROLE_RULES, MOST_SUBJECTS
from assessor.adapters.peer_index import peer_index_of
from assessor.adapters.rbac_index import RbacIndex
from assessor.adapters.store import Store
from assessor.inventory.decoding import decode_list
from assessor.inventory.kinds import CORE_KINDS, POLICY_ENGINE_KINDS, Evidence, ObservedKind
from assessor.inventory.snapshot import EvidenceGap, GapReason, Snapshot

ADMIN = next(kind for kind in POLICY_ENGINE_KINDS if kind.kind == "AdminNetworkPolicy")
TEAM_A = {"metadata": {"name": "a", "uid": "a", "labels": {"team": "a"}}}
UNREADABLE = tuple(
    EvidenceGap(Evidence.NAMESPACES, reason, "why")
    for reason in (GapReason.FORBIDDEN, GapReason.STALE)
)


class Held(Struct, frozen=True):
    """One kind's objects, or why they are no evidence."""

    kind: ObservedKind
    store: Store
    refusal: EvidenceGap | None = None

    def gap(self) -> EvidenceGap | None:
        """As it was given."""
        return self.refusal


def held(kind: ObservedKind, *objects: dict[str, Any]) -> Held:
    """What a list of one kind found."""
    page = decode_list(
        kind, json.dumps({"metadata": {"resourceVersion": "1"}, "items": objects}).encode()
    )
    store = Store(namespaced=kind.namespaced)
    store.replace((*page.records, *page.malformed))
    return Held(kind, store)


def composed(namespaces: Held, *policies: dict[str, Any]) -> Snapshot:
    """The namespace `a` where these AdminNetworkPolicies are."""
    core: dict[Evidence, Source] = {kind.evidence: held(kind) for kind in CORE_KINDS}
    core[Evidence.NAMESPACES] = namespaces
    snapshot = compose("a", core, [held(ADMIN, *policies)], RbacIndex(), peer_index_of(core))
    assert snapshot is not None
    return snapshot


def admin_policy(team: str) -> dict[str, Any]:
    """An AdminNetworkPolicy for the namespaces of one team."""
    subject = {"namespaces": {"matchLabels": {"team": team}}}
    return {"metadata": {"name": f"for-{team}", "uid": "p"}, "spec": {"subject": subject}}


def namespaces(*objects: dict[str, Any]) -> Held:
    """The namespaces that a list found."""
    return held(CORE_KINDS[0], *objects)


@pytest.mark.parametrize("gap", UNREADABLE)
@pytest.mark.parametrize("objects", [(), (TEAM_A,)])
def test_labels_that_cannot_be_read_may_be_selected(
    gap: EvidenceGap, objects: tuple[dict[str, Any], ...]
) -> None:
    """A selector that does not match the labels that are known proves nothing: they may be old."""
    blind = structs.replace(namespaces(*objects), refusal=gap)
    found = composed(blind, admin_policy("b")).gaps[Evidence.POLICY_ENGINES]
    assert found.reason is gap.reason
    assert found.detail == (
        f"whether other policy engines apply here is not known, as namespaces are {gap.reason}:"
        " AdminNetworkPolicy/for-b"
    )


def test_a_malformed_namespace_may_be_selected() -> None:
    """It has labels, but nobody can say which."""
    odd = namespaces({"metadata": {"name": "a", "uid": "a", "labels": 7}})
    found = composed(odd, admin_policy("b")).gaps[Evidence.POLICY_ENGINES]
    assert found.reason is GapReason.MALFORMED


def test_labels_that_are_read_decide() -> None:
    """The policy of one team reaches its namespaces and no others, and is evaluated there."""
    assert composed(namespaces(TEAM_A), admin_policy("b")).admin_policies == ()
    found = composed(namespaces(TEAM_A), admin_policy("a"))
    assert [each.meta.name for each in found.admin_policies] == ["for-a"]
    assert Evidence.POLICY_ENGINES not in found.gaps


def test_what_reaches_every_namespace_needs_no_labels() -> None:
    """It is known to apply, whatever the labels, and is evaluated."""
    everywhere = {"metadata": {"name": "all", "uid": "p"}, "spec": {"subject": {"namespaces": {}}}}
    blind = structs.replace(namespaces(), refusal=UNREADABLE[0])
    found = composed(blind, everywhere)
    assert Evidence.POLICY_ENGINES not in found.gaps
    assert [each.meta.name for each in found.admin_policies] == ["all"]


@pytest.mark.parametrize("gap", UNREADABLE)
def test_a_namespace_is_known_by_its_name(gap: EvidenceGap) -> None:
    """Whatever its labels are: a subject that goes by names reaches it, or does not."""
    blind = structs.replace(namespaces(), refusal=gap)

    def by_name(name: str) -> dict[str, Any]:
        policy = admin_policy("x")
        labels = {"kubernetes.io/metadata.name": name}
        policy["spec"]["subject"]["namespaces"] = {"matchLabels": labels}
        return policy

    assert composed(blind, by_name("b")).admin_policies == ()
    found = composed(blind, by_name("a"))
    assert len(found.admin_policies) == 1
    assert Evidence.POLICY_ENGINES not in found.gaps


def test_files_tell_the_labels_of_the_namespaces_in_them() -> None:
    """There may be others; of those nobody knows."""
    gap = EvidenceGap(Evidence.NAMESPACES, GapReason.PARTIAL, "files may lack some")
    some = structs.replace(namespaces(TEAM_A), refusal=gap)
    assert Evidence.POLICY_ENGINES not in composed(some, admin_policy("a")).gaps
    assert composed(some, admin_policy("b")).admin_policies == ()
    none = structs.replace(namespaces(), refusal=gap)
    assert composed(none, admin_policy("b")).gaps[Evidence.POLICY_ENGINES].reason is gap.reason


@pytest.mark.parametrize("subject", [{}, {"newField": {}}])
def test_a_subject_that_cannot_be_read_may_be_any(subject: dict[str, Any]) -> None:
    """A version of the API that nobody knew here may select by other means."""
    odd = {"metadata": {"name": "odd", "uid": "p"}, "spec": {"subject": subject}}
    found = composed(namespaces(TEAM_A), odd).gaps[Evidence.POLICY_ENGINES]
    assert found.reason is GapReason.NOT_EVALUATED
    assert "odd" in found.detail


def test_without_other_policies_there_is_nothing_to_reach() -> None:
    """Unreadable namespaces alone leave NetworkPolicies judged."""
    blind = structs.replace(namespaces(), refusal=UNREADABLE[0])
    assert Evidence.POLICY_ENGINES not in composed(blind).gaps


@pytest.mark.parametrize("stale_first", [True, False])
def test_of_several_gaps_of_one_evidence_none_is_hidden(*, stale_first: bool) -> None:
    """That one engine is stale is told before that another is not evaluated."""
    core: dict[Evidence, Source] = {kind.evidence: held(kind) for kind in CORE_KINDS}
    core[Evidence.NAMESPACES] = held(CORE_KINDS[0], TEAM_A)
    gaps = [
        EvidenceGap(Evidence.POLICY_ENGINES, GapReason.STALE, "no contact"),
        EvidenceGap(Evidence.POLICY_ENGINES, GapReason.NOT_EVALUATED, "not understood"),
    ]
    sources = [structs.replace(held(ADMIN), refusal=gap) for gap in gaps]
    snapshot = compose(
        "a", core, sources if stale_first else sources[::-1], RbacIndex(), peer_index_of(core)
    )
    assert snapshot is not None
    gap = snapshot.gaps[Evidence.POLICY_ENGINES]
    assert gap.reason is GapReason.STALE
    assert gap.detail.index("no contact") < gap.detail.index("not understood")


@pytest.mark.parametrize("excess", [0, 1])
def test_more_than_is_evaluated_is_a_gap(excess: int) -> None:
    """Of rules of policies and roles, and of subjects; as much as people write is none."""
    meta = {"name": "x", "namespace": "a", "uid": "x"}
    rule = {"verbs": ["get"], "apiGroups": [""], "resources": ["pods"]}
    subject = {"kind": "User", "name": "jane"}
    many: dict[Evidence, Any] = {
        Evidence.NETWORK_POLICIES: {"spec": {"ingress": [{}] * (MOST_POLICY_RULES + excess)}},
        Evidence.ROLES: {"rules": [rule] * (MOST_ROLE_RULES + excess)},
        Evidence.ROLE_BINDINGS: {
            "roleRef": {"kind": "Role", "name": "x"},
            "subjects": [subject] * (MOST_SUBJECTS + excess),
        },
    }
    core: dict[Evidence, Source] = {
        kind.evidence: held(kind, {"metadata": meta} | many[kind.evidence])
        if kind.evidence in many
        else held(kind)
        for kind in CORE_KINDS
    }
    core[Evidence.NAMESPACES] = namespaces(TEAM_A)
    snapshot = compose("a", core, [], RbacIndex(), None)
    assert snapshot is not None
    assert snapshot.gaps.keys() == (many.keys() if excess else set())
    assert {gap.reason for gap in snapshot.gaps.values()} <= {GapReason.NOT_EVALUATED}


def test_commands_judge_what_keeps_nobody_waiting() -> None:
    """Of a status it is a gap, as others wait for their turn meanwhile."""
    volumes = [{"name": f"v{number}", "emptyDir": {}} for number in range(MOST_PARTS)]
    made = {"metadata": {"name": "x", "namespace": "a", "uid": "x"}, "spec": {"volumes": volumes}}
    core: dict[Evidence, Source] = {
        kind.evidence: held(kind, made) if kind.evidence is Evidence.PODS else held(kind)
        for kind in CORE_KINDS
    }
    core[Evidence.NAMESPACES] = namespaces(TEAM_A)
    told, whole = (
        compose("a", core, [], RbacIndex(), peers) for peers in (None, peer_index_of(core))
    )
    assert told is not None
    assert whole is not None
    assert told.gaps[Evidence.PODS].reason is GapReason.NOT_EVALUATED
    assert not whole.gaps
