"""Secrets: where they are kept, and how they reach containers."""

from assessor.catalogue.controls import Control, Section
from assessor.catalogue.sections.scopes import N_B, N_C
from assessor.kernel.severity import Severity

SECRETS = (
    Control(
        "SECRET-01",
        "Secure storage of secrets",
        Section.SECRETS,
        N_C,
        Severity.HIGH,
        "By default a Secret lies in etcd as written, so that a backup or a disk gives it "
        "away. Encryption at rest or an outside store prevents that.",
    ),
    Control(
        "SECRET-02",
        "Secrets are added through volumes or secretKeyRef",
        Section.SECRETS,
        N_B,
        Severity.HIGH,
        "A credential in a manifest's env, args or a ConfigMap is readable by everyone who "
        "may see the workload, and ends in logs and repositories.",
    ),
    Control(
        "SECRET-03",
        "Sealed secrets in source",
        Section.SECRETS,
        N_B,
        Severity.MEDIUM,
        "Source is copied, reviewed and kept for ever. A secret belongs there only in a form "
        "that the cluster alone can open.",
    ),
)
