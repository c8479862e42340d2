"""SECRET-02: credentials that are written out where they can be read."""

from collections.abc import Iterator

from assessor.analysis.sites import Site
from assessor.catalogue.checks import Problem, Subjects, check
from assessor.catalogue.pod_checks import each_container
from assessor.catalogue.wording import clip
from assessor.inventory.containers import Container, Exposure
from assessor.inventory.credentials import ConfigMap
from assessor.inventory.kinds import WORKLOAD_EVIDENCE, Evidence
from assessor.inventory.snapshot import Snapshot
from assessor.kernel.severity import Severity


@check(
    "credential-in-environment",
    control="SECRET-02",
    severity=Severity.HIGH,
    over=Subjects.ROOTS,
    needs=WORKLOAD_EVIDENCE,
    remediation="""\
Change the credential, as it has been read; keep it in a Secret, and refer to that:
env: [{name: NAME, valueFrom: {secretKeyRef: {name: app, key: password}}}]""",
)
@each_container
def credential_in_environment(container: Container, site: Site) -> Iterator[Problem]:
    """An environment variable holds a literal that looks like a credential.

    Everyone who may see the workload can read it. A detector library judges the value by its shape
    and the variable by its name, while it is decoded; the value itself is kept nowhere.
    """
    for exposure in container.exposures:
        if exposure.field.startswith("env["):
            yield _exposed(
                f"variable {clip(exposure.name)}", exposure, site.of(container, exposure.field)
            )


@check(
    "credential-in-arguments",
    control="SECRET-02",
    severity=Severity.HIGH,
    over=Subjects.ROOTS,
    needs=WORKLOAD_EVIDENCE,
    remediation="""\
Change the credential, as it has been read; keep it in a Secret, mount that, and name the file:
args: [--password-file=/etc/app/password]""",
)
@each_container
def credential_in_arguments(container: Container, site: Site) -> Iterator[Problem]:
    """A word of the command line looks like a credential.

    Everyone who may see the workload can read it, and so can every process beside it. A detector
    library judges the word by its shape and its option by its name; it is kept nowhere.
    """
    for exposure in container.exposures:
        if not exposure.field.startswith("env["):
            yield _exposed(
                f"option {clip(exposure.name)}", exposure, site.of(container, exposure.field)
            )


@check(
    "credential-in-config-map",
    control="SECRET-02",
    severity=Severity.HIGH,
    over=Subjects.CONFIG_MAPS,
    needs=frozenset({Evidence.CONFIG_MAPS}),
    remediation="""\
Change the credential, as it has been read; keep it in a Secret and mount that, or let the program
take it from a file or variable of its own.""",
)
def credential_in_config_map(config_map: ConfigMap, _: Snapshot) -> Iterator[Problem]:
    """A ConfigMap holds what looks like a credential, as an entry or as a line of a file in it.

    ConfigMaps are readable by far more accounts than Secrets, and are not encrypted at rest. A
    detector library judges shapes and names while the ConfigMap is decoded; nothing of its data is
    kept. Certificates are public. Of binaryData what is text is looked at, and keystores are not.
    """
    for exposure in config_map.exposures:
        yield _exposed(f"entry {clip(exposure.name)}", exposure, exposure.field)


def _exposed(what: str, exposure: Exposure, at: str) -> Problem:
    return Problem(
        f"{what} holds {exposure.looks_like}", at=at, key=f"{exposure.name} {exposure.looks_like}"
    )
