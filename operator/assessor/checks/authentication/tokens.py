"""AUTHN-02: service-account tokens that nobody needs, or that live too long."""

import re
from collections.abc import Iterator, Mapping

from assessor.analysis.identity import accounts_by_name, is_token_mounted
from assessor.analysis.rbac.standing import standing
from assessor.analysis.sites import Site, sites
from assessor.catalogue.checks import Problem, Subjects, check
from assessor.catalogue.patches import Change
from assessor.catalogue.pod_checks import each_pod
from assessor.catalogue.wording import clip
from assessor.inventory.kinds import RBAC_KINDS, WORKLOAD_EVIDENCE, Evidence
from assessor.inventory.ownership import RootController
from assessor.inventory.snapshot import Snapshot
from assessor.inventory.workloads import ServiceAccount
from assessor.kernel.severity import Severity

LONGEST = 24 * 3600
"""Seconds. A kubelet replaces each token after 24 hours, or after 80 % of a shorter life."""

API_MOUNT = "/var/run/secrets/kubernetes.io/serviceaccount"
"""Where clients look for the token of the Kubernetes API."""

RIGHTS = WORKLOAD_EVIDENCE | {
    Evidence.SERVICE_ACCOUNTS,
    *(kind.evidence for kind in RBAC_KINDS),
}
_GENERATED = re.compile(r"(?P<account>.+)-token-[a-z0-9]{5}")
"""What the token controller called its Secrets until 1.24."""


@check(
    "token-without-rights",
    control="AUTHN-02",
    severity=Severity.LOW,
    over=Subjects.ROOTS,
    needs=RIGHTS,
    absent={Evidence.ROLE_BINDINGS, Evidence.CLUSTER_ROLE_BINDINGS},
    remediation="""\
Say it in the pod template, or in its ServiceAccount:
spec: {template: {spec: {automountServiceAccountToken: false}}}""",
)
def token_without_rights(root: RootController, snapshot: Snapshot) -> Iterator[Problem]:
    """A token is mounted though its account holds no rights, so that the API is of no use to it.

    It still proves who its holder is, to whatever trusts the cluster's tokens. Rights that every
    authenticated account has do not count. A token that the author projects for others to verify
    has an audience of its own, and is not meant here.
    """
    accounts = accounts_by_name(snapshot)
    for site in sites(root):
        account = site.spec.service_account
        if _needless(site, accounts, snapshot):
            at = site.path("automountServiceAccountToken")
            yield Problem(
                f"gets a token of {clip(account)}, which holds no rights",
                at=at,
                patch=() if site.live else (Change(at, value=False),),
            )
            return


def _needless(site: Site, accounts: Mapping[str, ServiceAccount], snapshot: Snapshot) -> bool:
    name = site.spec.service_account
    if site.spec.explicit_token or not is_token_mounted(site.spec, accounts.get(name)):
        return False
    rights = standing(snapshot, name)
    return rights is not None and not rights.holds_rights


@check(
    "long-lived-token",
    control="AUTHN-02",
    severity=Severity.MEDIUM,
    over=Subjects.ROOTS,
    needs=WORKLOAD_EVIDENCE,
    remediation="Leave expirationSeconds at 3600: the kubelet renews the token in time.",
)
@each_pod
def long_lived_token(site: Site) -> Iterator[Problem]:
    """A projected service-account token lives for more than a day.

    The kubelet writes a new one after a day at the latest, so a longer life serves only whoever
    takes a copy. Source: the Kubernetes documentation, "Launch a Pod using service account token
    projection".
    """
    for index, volume in enumerate(site.spec.volumes):
        longest = max((token.seconds for token in volume.tokens), default=0)
        if longest > LONGEST:
            yield Problem(
                f"volume {clip(volume.name)} projects a token that lives for {longest} seconds",
                at=site.path(f"volumes[{index}].projected"),
                key=volume.name,
            )


@check(
    "token-without-audience",
    control="AUTHN-02",
    severity=Severity.LOW,
    over=Subjects.ROOTS,
    needs=WORKLOAD_EVIDENCE,
    remediation="""\
Name whom it is for; one for the Kubernetes API belongs where its clients look for it:
serviceAccountToken: {path: token, audience: vault}""",
)
@each_pod
def token_without_audience(site: Site) -> Iterator[Problem]:
    """A token is projected for nobody named, and not where clients of the Kubernetes API look.

    Whatever service it is shown to can show it to the API server and act as the account. Source:
    the Kubernetes documentation, "Service account token volume projection".
    """
    for index, volume in enumerate(site.spec.volumes):
        unnamed = any(not token.audience for token in volume.tokens)
        if unnamed and not _is_for_the_api(site, volume.name):
            yield Problem(
                f"volume {clip(volume.name)} projects a token without an audience",
                at=site.path(f"volumes[{index}].projected"),
                key=volume.name,
            )


def _is_for_the_api(site: Site, volume: str) -> bool:
    return any(
        mount.volume == volume and mount.path.rstrip("/") == API_MOUNT
        for container in site.spec.containers
        for mount in container.mounts
    )


@check(
    "token-secret-mounted",
    control="AUTHN-02",
    severity=Severity.HIGH,
    over=Subjects.ROOTS,
    needs=WORKLOAD_EVIDENCE | {Evidence.SERVICE_ACCOUNTS},
    remediation="""\
Delete the Secret, and let the kubelet give the pod a token that ends with it:
volumes: [{name: token, projected: {sources: [{serviceAccountToken: {path: token}}]}}]""",
)
def token_secret_mounted(root: RootController, snapshot: Snapshot) -> Iterator[Problem]:
    """A token Secret, which never expires, is mounted by its name.

    Known by the name that the token controller gave it (`ACCOUNT-token-xxxxx`, of an account that
    exists), by being mounted where the API's token belongs, or by its type where it stands in a
    file. Source: the Kubernetes documentation, "Manually create a long-lived API token".
    """
    for site in sites(root):
        for index, volume in enumerate(site.spec.volumes):
            for name in volume.secrets:
                if _is_token_secret(name, snapshot) or (
                    volume.kind == "secret" and _is_for_the_api(site, volume.name)
                ):
                    yield Problem(
                        f"mounts the Secret {clip(name)}, a token that never expires",
                        at=site.path(f"volumes[{index}].{volume.kind}"),
                        key=name,
                    )


def _is_token_secret(name: str, snapshot: Snapshot) -> bool:
    generated = _GENERATED.fullmatch(name)
    of_account = bool(generated and generated["account"] in accounts_by_name(snapshot))
    return of_account or any(
        secret.meta.name == name and secret.type == "kubernetes.io/service-account-token"
        for secret in snapshot.source_secrets
    )
