"""`assessor scan`: judge manifests on disk, by the checks that the operator runs in a cluster."""

import sys

import click
from msgspec import Struct

from assessor.adapters.manifests.baseline import Known, read_baseline, write_baseline
from assessor.adapters.manifests.scan_config import ScanConfig, read_config
from assessor.adapters.manifests.walking import files_of
from assessor.catalogue.profiles import DEFAULT_PROFILE
from assessor.cli.scan_output import FORMATS, Progress, write_report
from assessor.kernel.errors import InputError
from assessor.kernel.severity import Severity
from assessor.reporting.bounds import bounded, inert
from assessor.reporting.scan.report import Report
from assessor.scanner.scan import Scan
from assessor.scanner.settings import Settings
from assessor.scanner.spool import Spool

EXIT_FAILING = 1
EXIT_UNUSABLE_INPUT = 2

LONGEST = 400
"""Characters of a line about what cannot be read."""

NEVER = "never"
SEVERITIES = [s.label.lower() for s in sorted(Severity, reverse=True)]


class Options(Struct, frozen=True):
    """What the command line asked for; None and empty where it said nothing."""

    fail_on: str | None
    include: tuple[str, ...]
    exclude: tuple[str, ...]
    profile: str | None
    complete: bool
    baseline: str | None
    dockerfiles: tuple[str, ...]
    context: str | None


@click.command()
@click.argument("paths", nargs=-1)
@click.option(
    "-o",
    "--output",
    type=click.Choice(list(FORMATS)),
    default="table",
    show_default=True,
    help="For people, programs, code scanning, CI systems or a comment.",
)
@click.option(
    "--fail-on",
    type=click.Choice([*SEVERITIES, NEVER], case_sensitive=False),
    help="The lowest severity of a finding that makes the exit code 1.  [default: high]",
)
@click.option(
    "--control",
    "include",
    multiple=True,
    metavar="GLOB",
    help="Run only these: ids of controls or checks, such as 'WORKLOAD-*'.",
)
@click.option(
    "--exclude", multiple=True, metavar="GLOB", help="Leave these out: controls or checks."
)
@click.option(
    "--profile",
    help="baseline, restricted (default), full, pss-baseline or pss-restricted.",
)
@click.option(
    "--config",
    metavar="FILE",
    help="Read options from here.  [default: assessor.yaml, where there is one]",
)
@click.option(
    "--complete",
    is_flag=True,
    help="The files are all that there is: what they do not hold is absent, and not unknown.",
)
@click.option(
    "--dockerfile",
    "dockerfiles",
    multiple=True,
    metavar="FILE",
    help="Scan this one, too, and as a Dockerfile, whatever it is called; - is stdin.",
)
@click.option(
    "--context",
    metavar="DIRECTORY",
    type=click.Path(exists=True, file_okay=False),
    help="The folder that Dockerfiles' builds are given.  [default: where what they copy is]",
)
@click.option("--baseline", metavar="FILE", help="Do not tell findings that this file holds.")
@click.option(
    "--write-baseline",
    "new_baseline",
    metavar="FILE",
    help="Write all findings there instead of telling them, and exit with 0.",
)
def scan(
    *,
    paths: tuple[str, ...],
    output: str,
    fail_on: str | None,
    include: tuple[str, ...],
    exclude: tuple[str, ...],
    profile: str | None,
    config: str | None,
    complete: bool,
    dockerfiles: tuple[str, ...],
    context: str | None,
    baseline: str | None,
    new_baseline: str | None,
) -> None:
    """Judge Kubernetes manifests and Dockerfiles: files, directories, or - for stdin.

    YAML with any number of documents, JSON, and List objects. Of directories, files named *.yaml,
    *.yml, *.json, Dockerfile*, Containerfile* and *.Dockerfile are read unless .gitignore or
    .assessorignore names them; files without a Kubernetes object, custom resources and templates
    are counted and skipped.

    The exit code is 0 if nothing was found at or above --fail-on, 1 if something was, and 2 if a
    file could not be read; the others are scanned all the same.
    """
    if not paths and not dockerfiles:
        raise click.UsageError("name files or directories, or a --dockerfile")
    given = Options(fail_on, include, exclude, profile, complete, baseline, dockerfiles, context)
    asked = read_config(config)
    least = _fail_on(given, asked)
    settings = _settings(given, asked)
    files = list(files_of((*paths, *dockerfiles)))
    with Spool() as spool:
        report = _scanned(files, settings, spool, least)
        if new_baseline:
            _write_baseline(new_baseline, report)
        else:
            write_report(report, output)
    sys.exit(exit_code(report, writing=bool(new_baseline)))


def exit_code(report: Report, *, writing: bool) -> int:
    """What could not be read outweighs what was found: nobody knows what is in it."""
    if report.faults:
        return EXIT_UNUSABLE_INPUT
    return EXIT_FAILING if report.failed and not writing else 0


def _scanned(files: list[str], settings: Settings, spool: Spool, least: Severity | None) -> Report:
    running = Scan(settings, spool)
    with Progress(len(files)) as progress:
        for _ in running.run(files):
            progress.step()
    return running.report(least)


def _write_baseline(path: str, report: Report) -> None:
    known = (
        Known(each.finding.fingerprint, each.finding.check, str(each.finding.object), file.file)
        for file in report.findings
        for each in file.findings
    )
    count = write_baseline(path, known)
    click.echo(f"{path}: {count} findings", err=True)
    for fault in report.faults:
        told = bounded(f"{fault.file}:{fault.line}: {fault.text}", LONGEST)
        click.echo(inert(told), err=True)


def _fail_on(given: Options, asked: ScanConfig) -> Severity | None:
    told = given.fail_on or asked.fail_on or Severity.HIGH.label
    return None if told.lower() == NEVER else _severity(told, "failOn")


def _settings(given: Options, asked: ScanConfig) -> Settings:
    known = given.baseline or asked.baseline
    severities = {
        control: _severity(told, f"controls.severities.{control}")
        for control, told in asked.controls.severities.items()
    }
    return Settings(
        profile=given.profile or asked.profile or DEFAULT_PROFILE,
        include=given.include or asked.controls.include,
        exclude=(*asked.controls.exclude, *given.exclude),
        severities=severities,
        complete=given.complete or asked.complete,
        baseline=read_baseline(known) if known else frozenset(),
        dockerfiles=frozenset(files_of(given.dockerfiles)),
        context=given.context,
    )


def _severity(told: str, where: str) -> Severity:
    try:
        return Severity.parse(told)
    except ValueError as error:
        raise InputError(f"{where}: {error}") from error
