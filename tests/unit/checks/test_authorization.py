"""AUTHZ-02: what a namespace is told, beyond the examples."""

import msgspec
import pytest

from assessor.analysis.rbac.standing import standing
from assessor.catalogue.checks import Problem
from assessor.checks.loading import load
from assessor.inventory.kinds import WORKLOAD_EVIDENCE, Evidence
from assessor.inventory.meta import Meta, OwnerRef
from assessor.inventory.rbac import BoundRole, PolicyRule, RoleBinding, RoleRef, Subject
from assessor.inventory.snapshot import EvidenceGap, GapReason, Snapshot
from assessor.inventory.workloads import PodSpec
from assessor.kernel.severity import Severity
from tests.controls.manifests import problems_of, snapshot_of
from tests.unit.views import account, bound, deployment, owned_by, pod, snapshot

CHECKS = {check.id: check for check in load() if check.control == "AUTHZ-02"}
SECRETS = PolicyRule(("list",), ("",), ("secrets",))
CONFIG = PolicyRule(("get",), ("",), ("configmaps",))
APP = PodSpec(service_account="app")
QUIET = PodSpec(service_account="app", automount=False)
DATABASE = OwnerRef("example.test", "Database", "main", "uid")


def problems(check_id: str, namespace: Snapshot) -> list[Problem]:
    """What one check finds."""
    return problems_of(CHECKS[check_id], namespace)


@pytest.mark.parametrize("check_id", CHECKS.keys() - {"account-bound-in-several-namespaces"})
def test_every_consumer_must_be_visible(check_id: str) -> None:
    """An account without visible consumers may have invisible ones."""
    assert WORKLOAD_EVIDENCE | {Evidence.SERVICE_ACCOUNTS} <= CHECKS[check_id].needs


def test_sharing_is_told_once_for_each_account() -> None:
    """On the account, which need not exist, and naming the workloads."""
    namespace = snapshot(workloads=tuple(deployment(name, APP) for name in ("a", "b", "c")))
    (problem,) = problems("shared-service-account", namespace)
    assert str(problem.on) == "ServiceAccount/app"
    assert problem.message.startswith("3 workloads run as it: Deployment/a, Deployment/b and")


def test_replicas_are_one_workload() -> None:
    """Ten pods of one Deployment share nothing with anybody."""
    pods = tuple(pod(f"a-{n}", APP, owned_by("Deployment", "a")) for n in range(10))
    namespace = snapshot(workloads=(deployment("a", APP),), pods=pods)
    assert problems("shared-service-account", namespace) == []


@pytest.mark.parametrize(
    ("specs", "automount", "severity"),
    [
        ((QUIET, QUIET), None, Severity.LOW),
        ((APP, APP), False, Severity.LOW),
        ((QUIET, APP), None, Severity.HIGH),
        (
            (QUIET, PodSpec(service_account="app", automount=False, explicit_token=True)),
            None,
            Severity.HIGH,
        ),
    ],
)
def test_rights_that_nobody_can_use_are_low(
    specs: tuple[PodSpec, ...],
    automount: bool | None,  # noqa: FBT001 - the API's
    severity: Severity,
) -> None:
    """One of them with a token is enough to matter."""
    workloads = tuple(deployment(f"d{n}", spec) for n, spec in enumerate(specs))
    namespace = snapshot(
        workloads=workloads,
        service_accounts=(account("app", automount),),
        role_bindings=(bound("reader", SECRETS),),
    )
    (problem,) = problems("shared-service-account", namespace)
    assert problem.severity is severity


@pytest.mark.parametrize(
    ("bindings", "with_token", "without"),
    [
        ({}, Severity.LOW, Severity.INFO),
        ({"role_bindings": (bound("a"),)}, Severity.LOW, Severity.INFO),
        ({"role_bindings": (bound("a", SECRETS, account="other"),)}, Severity.LOW, Severity.INFO),
        ({"role_bindings": (bound("a", CONFIG),)}, Severity.MEDIUM, Severity.LOW),
        ({"role_bindings": (bound("a", SECRETS),)}, Severity.HIGH, Severity.LOW),
        ({"bindings_elsewhere": (bound("a", SECRETS),)}, Severity.HIGH, Severity.LOW),
        ({"cluster_role_bindings": (bound("a", CONFIG),)}, Severity.MEDIUM, Severity.LOW),
    ],
)
def test_sharing_is_as_bad_as_the_rights_that_are_shared(
    bindings: dict[str, tuple[BoundRole, ...]], with_token: Severity, without: Severity
) -> None:
    """Wherever they are granted; a role without rules is no right."""
    for spec, severity in ((APP, with_token), (QUIET, without)):
        workloads = tuple(deployment(name, spec) for name in "ab")
        (problem,) = problems("shared-service-account", snapshot(workloads=workloads, **bindings))
        assert problem.severity is severity


def test_rights_that_cannot_be_read_are_taken_to_matter() -> None:
    """An unreadable kind is no reason to say that there are no rights."""
    gap = EvidenceGap(Evidence.CLUSTER_ROLES, GapReason.FORBIDDEN)
    workloads = tuple(deployment(name, APP) for name in "ab")
    namespace = msgspec.structs.replace(
        snapshot(workloads=workloads), gaps={Evidence.CLUSTER_ROLES: gap}
    )
    (problem,) = problems("shared-service-account", namespace)
    assert problem.severity is Severity.HIGH
    assert "could not be read" in problem.message


def test_other_namespaces_that_were_not_read_may_hold_rights() -> None:
    """A command that looks into one namespace does not say that there are none elsewhere."""
    workloads = tuple(deployment(name, APP) for name in "ab")
    for bindings in ((), (bound("a", CONFIG),)):
        namespace = snapshot(workloads=workloads, role_bindings=bindings, elsewhere_read=False)
        (problem,) = problems("shared-service-account", namespace)
        assert problem.severity is Severity.HIGH
        assert "other namespaces was not read" in problem.message
    quiet = tuple(deployment(name, QUIET) for name in "ab")
    (problem,) = problems("shared-service-account", snapshot(workloads=quiet, elsewhere_read=False))
    assert problem.severity is Severity.LOW


def test_more_rights_elsewhere_than_are_evaluated_are_rights() -> None:
    """Not known how bad, and never none: whoever writes there chose how many there are."""
    workloads = tuple(deployment(name, APP) for name in "ab")
    namespace = snapshot(workloads=workloads, unevaluated_elsewhere=frozenset({"other"}))
    (problem,) = problems("shared-service-account", namespace)
    assert problem.severity is Severity.HIGH
    assert "other namespaces was not read" in problem.message
    rights = standing(namespace, "app")
    assert rights is not None
    assert rights.holds_rights
    assert not rights.complete


DEPLOYMENT = """
---
apiVersion: apps/v1
kind: Deployment
metadata: {{name: {name}, namespace: example}}
spec: {{template: {{spec: {{containers: [{{name: c, image: i}}]}}}}}}
"""


def test_a_command_on_one_namespace_knows_that_it_looked_at_no_other() -> None:
    """What every namespace's list would have told is not taken to be absent."""
    text = "".join(DEPLOYMENT.format(name=name) for name in "ab")
    (sure,) = problems("shared-service-account", snapshot_of(text))
    (unsure,) = problems("shared-service-account", snapshot_of(text, everywhere=False))
    assert (sure.severity, unsure.severity) == (Severity.LOW, Severity.HIGH)


def test_rights_add_up_over_bindings() -> None:
    """Neither alone is High, and what every account has adds to them."""
    create = PolicyRule(("create",), ("",), ("secrets",))
    get = PolicyRule(("get",), ("",), ("secrets",))
    everybody = Subject("Group", "system:serviceaccounts")
    common = msgspec.structs.replace(
        bound("c", get),
        binding=RoleBinding(Meta("c", "", "c", {}), RoleRef("ClusterRole", "c"), (everybody,)),
    )
    workloads = tuple(deployment(name, APP) for name in "ab")
    for parts in (
        {"role_bindings": (bound("a", create), bound("b", get))},
        {"role_bindings": (bound("a", create),), "common_bindings": (common,)},
    ):
        (problem,) = problems("shared-service-account", snapshot(workloads=workloads, **parts))
        assert problem.severity is Severity.HIGH
    alone = snapshot(workloads=workloads, role_bindings=(bound("a", create),))
    assert problems("shared-service-account", alone)[0].severity is Severity.MEDIUM


def test_what_every_account_is_given_here_is_held_here() -> None:
    """By a RoleBinding of the namespace to all accounts of the cluster."""
    everybody = (Subject("Group", "system:serviceaccounts"),)
    reader = bound("a", SECRETS)
    given = msgspec.structs.replace(
        reader, binding=msgspec.structs.replace(reader.binding, subjects=everybody)
    )
    workloads = tuple(deployment(name, APP) for name in "ab")
    (problem,) = problems(
        "shared-service-account", snapshot(workloads=workloads, role_bindings=(given,))
    )
    assert problem.severity is Severity.HIGH


def test_a_role_binding_to_nodes_is_no_right() -> None:
    """It grants nothing, so there is nothing to share."""
    nodes = bound("a", PolicyRule(("get",), ("",), ("nodes",)))
    workloads = tuple(deployment(name, APP) for name in "ab")
    (problem,) = problems(
        "shared-service-account", snapshot(workloads=workloads, role_bindings=(nodes,))
    )
    assert problem.severity is Severity.LOW
    assert "no rights beyond every account's" in problem.message


def test_the_default_accounts_rights_count() -> None:
    """Each pod that names no account has them."""
    strong = (bound("a", SECRETS, account="default"),)
    namespace = snapshot(workloads=(deployment("a"),), role_bindings=strong)
    assert problems("default-service-account-used", namespace)[0].severity is Severity.HIGH
    assert problems("needless-token-mount", namespace)[0].severity is Severity.MEDIUM


def test_one_system_may_share() -> None:
    """What one custom resource owns is one system: a note, which says so."""
    parts = tuple(deployment(name, APP, DATABASE) for name in ("primary", "replica"))
    (note,) = problems("shared-service-account", snapshot(workloads=parts))
    assert note.severity is Severity.INFO
    assert "one system, Database/main" in note.message
    (problem,) = problems(
        "shared-service-account", snapshot(workloads=(*parts, deployment("guest", APP)))
    )
    assert problem.severity > Severity.INFO


def test_the_default_account_is_low_without_a_token() -> None:
    """Each workload is told; that they share it is told once."""
    quiet = PodSpec(automount=False)
    namespace = snapshot(workloads=(deployment("a"), deployment("b", quiet)))
    found = problems("default-service-account-used", namespace)
    assert [problem.severity for problem in found] == [Severity.MEDIUM, Severity.LOW]
    assert found[0].at == "spec.template.spec.serviceAccountName"
    assert len(problems("shared-service-account", namespace)) == 1


def test_the_default_account_is_never_missing_or_unused() -> None:
    """Its controller makes it, in every namespace, soon."""
    assert problems("missing-service-account", snapshot(workloads=(deployment("a"),))) == []
    assert (
        problems("unused-service-account", snapshot(service_accounts=(account("default"),))) == []
    )


def test_an_account_of_live_pods_alone_is_used() -> None:
    """Old pods keep running as the account that the template no longer names."""
    old = pod("a-1", PodSpec(service_account="old"), owned_by("Deployment", "a"))
    namespace = snapshot(
        workloads=(deployment("a", APP),),
        pods=(old,),
        service_accounts=(account("app"), account("old"), account("left-behind")),
    )
    assert len(problems("unused-service-account", namespace)) == 1


def test_unused_is_a_note() -> None:
    """Use from outside the namespace's workloads cannot be seen, so nothing fails for it."""
    assert CHECKS["unused-service-account"].severity is Severity.INFO


def test_a_token_of_a_missing_account_is_not_told() -> None:
    """Its pods do not start; that is told elsewhere."""
    namespace = snapshot(workloads=(deployment("a", APP),))
    assert problems("needless-token-mount", namespace) == []
    (missing,) = problems("missing-service-account", namespace)
    assert missing.key == "app"


def test_a_decision_about_the_token_is_respected() -> None:
    """True or false, in the pod or the account, or a token volume of the author's own."""
    spoken = (
        QUIET,
        PodSpec(service_account="app", automount=True),
        PodSpec(service_account="app", explicit_token=True),
    )
    for spec in spoken:
        namespace = snapshot(workloads=(deployment("a", spec),), service_accounts=(account("app"),))
        assert problems("needless-token-mount", namespace) == []
    silent = snapshot(workloads=(deployment("a", APP),), service_accounts=(account("app"),))
    (problem,) = problems("needless-token-mount", silent)
    assert problem.at == "spec.template.spec.automountServiceAccountToken"


def test_messages_stay_short_with_the_longest_names() -> None:
    """Names of 253 characters, and a hundred of them."""
    owner = OwnerRef("example.test", "Database", "x" * 253, "uid")
    crowd = tuple(deployment(f"{n:03}" + "x" * 250, APP, owner) for n in range(100))
    namespace = snapshot(workloads=crowd)
    for check_id in CHECKS:
        assert all(len(problem.message) <= 300 for problem in problems(check_id, namespace))
