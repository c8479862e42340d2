"""SECRET-03: Secrets that somebody made by hand, or that stand in source."""

from collections.abc import Iterator

from assessor.analysis.memo import once_per_snapshot
from assessor.analysis.secrets_used import secrets_used
from assessor.analysis.sites import sites
from assessor.catalogue.checks import Problem, Subjects, check
from assessor.catalogue.wording import clip, name_some
from assessor.inventory.credentials import SourceSecret
from assessor.inventory.kinds import WORKLOAD_EVIDENCE, Evidence
from assessor.inventory.ownership import RootController
from assessor.inventory.snapshot import Snapshot
from assessor.kernel.severity import Severity


@check(
    "secret-without-maker",
    control="SECRET-03",
    severity=Severity.MEDIUM,
    over=Subjects.ROOTS,
    needs=WORKLOAD_EVIDENCE | {Evidence.SECRET_MAKERS},
    absent={Evidence.SECRET_MAKERS},
    remediation="""\
Let a controller make it from what source may hold: a SealedSecret, an ExternalSecret, a
VaultStaticSecret, a Certificate.""",
)
def secret_without_maker(root: RootController, snapshot: Snapshot) -> Iterator[Problem]:
    """The workload needs a Secret, and nothing that is known of here makes it.

    Somebody or some pipeline wrote it, from a copy that is kept somewhere. Known makers are
    SealedSecret, ExternalSecret, VaultStaticSecret, VaultDynamicSecret, VaultPKISecret,
    Certificate, SecretProviderClass, OnePasswordItem and SopsSecret, by the names of the Secrets
    that they say to make. Secrets are never read, and optional references are not counted.
    """
    made = _made(snapshot)
    told: set[str] = set()
    for site in sites(root):
        for path, name in secrets_used(site.spec):
            if name and name not in made and name not in told:
                told.add(name)
                yield Problem(
                    f"needs the Secret {clip(name)}, which nothing known here makes",
                    at=site.path(path),
                    key=name,
                )


@once_per_snapshot
def _made(snapshot: Snapshot) -> frozenset[str]:
    return frozenset(name for maker in snapshot.secret_makers for name in maker.secrets)


@check(
    "secret-in-source",
    control="SECRET-03",
    severity=Severity.MEDIUM,
    over=Subjects.SOURCE_SECRETS,
    needs=frozenset(),
    remediation="""\
Take it out of the history as well, change the credential, and keep it sealed: a SealedSecret, an
ExternalSecret, or a file that SOPS has encrypted.""",
)
def secret_in_source(secret: SourceSecret, _: Snapshot) -> Iterator[Problem]:
    """A manifest of a Secret holds its values; base64 is no encryption.

    Only files are judged so: a cluster's Secrets are never read. One without values passes, and so
    does one that SOPS has encrypted.
    """
    if secret.keys and not secret.sealed:
        yield Problem(f"holds values of {name_some(secret.keys)}", at="data")
