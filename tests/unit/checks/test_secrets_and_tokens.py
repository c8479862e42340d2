"""SECRET-02, SECRET-03, AUTHN-02, AUTHN-04 and IMAGE-13 beyond their examples."""

import pytest

from assessor.catalogue.checks import Problem
from assessor.checks.loading import load
from assessor.inventory.containers import Container, Exposure, Mount
from assessor.inventory.credentials import ConfigMap, SecretMaker, SourceSecret
from assessor.inventory.kinds import Evidence
from assessor.inventory.rbac import BoundRole, PolicyRule, RoleBinding, RoleRef, Subject
from assessor.inventory.snapshot import Snapshot
from assessor.inventory.volumes import ProjectedToken, Volume
from assessor.inventory.workloads import PodSpec, ServiceAccount
from assessor.kernel.severity import Severity
from tests.controls.manifests import problems_of
from tests.unit.views import account, bound, deployment, meta, owned_by, pod, snapshot

CHECKS = {check.id: check for check in load()}
API = "/var/run/secrets/kubernetes.io/serviceaccount"


def found(check: str, made: Snapshot) -> list[Problem]:
    """What one check finds."""
    return problems_of(CHECKS[check], made)


# ── credentials ───────────────────────────────────────────────────────────────────────────────


def test_an_exposure_is_told_by_place_and_kind() -> None:
    """Variables and words apart; the key survives reordering."""
    exposures = (
        Exposure("env[3].value", "DB_PASSWORD", "a password"),
        Exposure("args[0]", "t", "x"),
    )
    made = snapshot(workloads=(deployment("app", PodSpec((Container("a", exposures=exposures),))),))
    (variable,) = found("credential-in-environment", made)
    assert variable.message == "container a: variable DB_PASSWORD holds a password"
    assert variable.at == "spec.template.spec.containers[0].env[3].value"
    assert variable.key == "DB_PASSWORD a password"
    (word,) = found("credential-in-arguments", made)
    assert word.at == "spec.template.spec.containers[0].args[0]"


def test_a_config_map_s_exposures_are_its_own() -> None:
    """On the ConfigMap, whoever uses it."""
    config = ConfigMap(meta("app"), (Exposure("data['a']", "password", "a password"),))
    (problem,) = found("credential-in-config-map", snapshot(config_maps=(config,)))
    assert (problem.on, problem.at) == (None, "data['a']")


def test_secrets_without_a_maker_are_told_once_each() -> None:
    """By every way of needing one, and whether template or pod needs it."""
    template = PodSpec(
        (Container("a", secrets=("made", "env")),),
        volumes=(Volume("v", "secret", secrets=("volume",)),),
    )
    live = PodSpec((Container("a", secrets=("made", "env")),), pull_secrets=("pull",))
    made = snapshot(
        workloads=(deployment("app", template),),
        pods=(pod("app-1", live, owned_by("Deployment", "app")),),
        secret_makers=(SecretMaker("SealedSecret", meta("s"), ("made", "other")),),
    )
    assert [(p.key, p.at) for p in found("secret-without-maker", made)] == [
        ("volume", "spec.template.spec.volumes[0].secret"),
        ("env", "spec.template.spec.containers[0].env"),
        ("pull", "spec.imagePullSecrets[0]"),
    ]
    assert Evidence.SECRET_MAKERS in CHECKS["secret-without-maker"].needs


def test_a_secret_in_source_is_told_by_its_keys() -> None:
    """Never by its values, which nobody has any more; sealed or empty ones pass."""
    made = snapshot(
        source_secrets=(
            SourceSecret(meta("open"), keys=("password",)),
            SourceSecret(meta("sealed"), keys=("password",), sealed=True),
            SourceSecret(meta("empty")),
        )
    )
    (problem,) = found("secret-in-source", made)
    assert problem.message == "holds values of password"


# ── tokens ────────────────────────────────────────────────────────────────────────────────────


def test_a_token_is_needless_where_its_account_holds_nothing() -> None:
    """With rights, without a token, or with one for somebody else, it is not."""
    spec = PodSpec(service_account="app")
    apart = snapshot(workloads=(deployment("app", spec),), service_accounts=(account("app"),))
    (problem,) = found("token-without-rights", apart)
    assert problem.at == "spec.template.spec.automountServiceAccountToken"
    assert problem.patch
    rights = bound("reader", PolicyRule(("get",), ("",), ("pods",)))
    with_rights = snapshot(
        workloads=(deployment("app", spec),),
        service_accounts=(account("app"),),
        role_bindings=(rights,),
    )
    assert found("token-without-rights", with_rights) == []
    for other in (
        PodSpec(service_account="app", automount=False),
        PodSpec(service_account="app", automount=False, explicit_token=True),
    ):
        made = snapshot(workloads=(deployment("app", other),), service_accounts=(account("app"),))
        assert found("token-without-rights", made) == []


@pytest.mark.parametrize(
    ("seconds", "bad"), [(0, False), (3607, False), (86_400, False), (86_401, True)]
)
def test_a_day_is_long_enough(seconds: int, *, bad: bool) -> None:
    """The kubelet replaces tokens after 24 hours."""
    volume = Volume("t", "projected", tokens=(ProjectedToken("vault", seconds),))
    made = snapshot(workloads=(deployment("app", PodSpec(volumes=(volume,))),))
    assert bool(found("long-lived-token", made)) is bad


@pytest.mark.parametrize(
    ("audience", "path", "bad"),
    [("vault", "/t", False), ("", "/t", True), ("", API, False), ("", f"{API}/", False)],
)
def test_a_token_is_for_somebody(audience: str, path: str, *, bad: bool) -> None:
    """By its audience, or by lying where clients of the API look."""
    volume = Volume("t", "projected", tokens=(ProjectedToken(audience),))
    spec = PodSpec((Container("a", mounts=(Mount("t", path),)),), volumes=(volume,))
    made = snapshot(workloads=(deployment("app", spec),))
    assert bool(found("token-without-audience", made)) is bad


def test_token_secrets_are_known_by_name_place_or_type() -> None:
    """A name that looks generated counts only for an account that exists."""

    def mounting(secret: str, path: str = "/x", **more: tuple[object, ...]) -> bool:
        volume = Volume("v", "secret", secrets=(secret,))
        spec = PodSpec((Container("a", mounts=(Mount("v", path),)),), volumes=(volume,))
        accounts = (account("app"),)
        made = snapshot(workloads=(deployment("d", spec),), service_accounts=accounts, **more)
        return bool(found("token-secret-mounted", made))

    typed = SourceSecret(meta("typed"), "kubernetes.io/service-account-token")
    assert mounting("app-token-x7k2p")
    assert not mounting("other-token-x7k2p")
    assert mounting("any", API)
    assert mounting("typed", source_secrets=(typed,))
    assert not mounting("typed")


# ── names ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("kind", "name", "severity"),
    [
        ("User", "admin", Severity.LOW),
        ("User", "ops@example.com", Severity.LOW),
        ("User", "oidc:root", Severity.LOW),
        ("User", "test2", Severity.LOW),
        ("Group", "system:masters", Severity.MEDIUM),
        ("User", "alice", None),
        ("User", "rooter", None),
        ("Group", "admin", None),
    ],
)
def test_users_that_may_be_anybody(kind: str, name: str, severity: Severity | None) -> None:
    """Groups are made to be shared; users are not."""
    binding = RoleBinding(meta("b"), RoleRef("ClusterRole", "view"), (Subject(kind, name, ""),))
    problems = found("shared-user-bound", snapshot(role_bindings=(BoundRole(binding, None),)))
    told = [
        CHECKS["shared-user-bound"].severity if p.severity is None else p.severity for p in problems
    ]
    assert told == ([] if severity is None else [severity])


@pytest.mark.parametrize(
    ("name", "bad"),
    [
        ("sa", True),
        ("x", True),
        ("test", True),
        ("default1", True),
        ("app-sa2", True),
        ("service-account", True),
        ("default", False),
        ("payments", False),
        ("app", False),
        ("test-runner", False),
        ("s3", False),
    ],
)
def test_names_that_say_nothing(name: str, *, bad: bool) -> None:
    """Unless a description does."""
    assert (
        bool(found("nondescript-service-account", snapshot(service_accounts=(account(name),))))
        is bad
    )
    told = ServiceAccount(meta(name), described=True)
    assert found("nondescript-service-account", snapshot(service_accounts=(told,))) == []


# ── images ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("image", "bad"),
    [
        ("app", True),
        ("app:latest", True),
        ("localhost:5000/app", True),
        ("app:latest@sha256:00", False),
        ("app@sha256:00", False),
        ("app:1", False),
        ("", False),
    ],
)
def test_images_that_move(image: str, *, bad: bool) -> None:
    """A template of a higher tool may leave the image out, and then nothing is said."""
    made = snapshot(workloads=(deployment("app", PodSpec((Container("a", image=image),))),))
    assert bool(found("latest-image", made)) is bad
