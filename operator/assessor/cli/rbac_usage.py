"""`assessor rbac usage`: what was granted and never used, from audit logs."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import yaml

from assessor.adapters.audit_log import Reading, read
from assessor.adapters.audit_policy_file import read_policy
from assessor.analysis.rbac.asking import subject_of
from assessor.analysis.rbac.audit_policy import PolicyCoverage
from assessor.analysis.rbac.directory import key_of
from assessor.analysis.rbac.questions import Knowledge
from assessor.analysis.rbac.usage.coverage import ObservedCoverage
from assessor.analysis.rbac.usage.ledger import Ledger
from assessor.analysis.rbac.usage.verdicts import Coverage, Log, SubjectUsage
from assessor.analysis.rbac.usage.verdicts import usage as usage_of
from assessor.cli.printing import print_json, print_tables
from assessor.cli.rbac_source import Source, source_options
from assessor.kernel.errors import InputError
from assessor.reporting.rbac_usage import usage_document, usage_manifests, usage_table

EXIT_UNUSED, EXIT_UNDECIDED = 1, 3


@click.command()
@click.option(
    "--audit-log",
    "logs",
    multiple=True,
    required=True,
    metavar="FILE",
    help="audit.k8s.io/v1 events: JSON lines or EventLists, also gzipped, or - for stdin; may be"
    " repeated.",
)
@click.option(
    "--policy",
    metavar="FILE",
    help="The API server's audit policy. Without it only what was seen proves that its like is"
    " logged, and of wildcards nothing is.",
)
@click.option(
    "--subject", "subjects", multiple=True, help="Only this one: sa:NAMESPACE/NAME, user:, group:."
)
@click.option(
    "-o",
    "--output",
    type=click.Choice(["table", "json", "yaml"]),
    default="table",
    show_default=True,
    help="For people, for programs, or the right-sized roles and bindings as manifests.",
)
@source_options
def usage(
    *,
    logs: tuple[str, ...],
    policy: str | None,
    subjects: tuple[str, ...],
    output: str,
    files: tuple[str, ...],
    kubeconfig: Path | None,
    context: str | None,
) -> None:
    """What each subject was granted and did not use, and the role that would have been enough.

    There is no verdict on a grant that is younger than the log, nor where it is not proven that
    requests of its kind are logged. The exit code is 0 if all that was granted was used, 1 if
    something was not, 2 if the command could not do its work, and 3 if nothing is known to be too
    much but not all could be judged.
    """
    known = Source(files, kubeconfig, context).read(None, default=None)
    ledger, reading = Ledger(known.directory), Reading()
    for use in read(logs, reading):
        ledger.take(use)
    coverage: Coverage = PolicyCoverage(read_policy(policy)) if policy else ObservedCoverage(ledger)
    log = Log(ledger, coverage, reading.first, reading.last)
    found = _chosen(usage_of(known.directory, log), subjects)
    notes = tuple(_notes(known, reading, ledger))
    if output == "json":
        print_json(
            {"log": _log_document(reading), "notes": notes, "subjects": usage_document(found)}
        )
    elif output == "yaml":
        _print_manifests(found)
    else:
        print_tables(usage_table(found, notes))
    sys.exit(_exit_code(found, unsure=bool(known.unreadable or reading.malformed)))


def _chosen(found: tuple[SubjectUsage, ...], subjects: tuple[str, ...]) -> tuple[SubjectUsage, ...]:
    """Those that are asked for, however spelled; InputError where a binding names none of them."""
    if not subjects:
        return found
    by_key = {key_of(each.subject): each for each in found}
    for subject in subjects:
        if key_of(subject_of(subject)) not in by_key:
            raise InputError(f"no binding that is judged names {subject}")
    return tuple(by_key[key_of(subject_of(subject))] for subject in subjects)


def _notes(known: Knowledge, reading: Reading, ledger: Ledger) -> Iterator[str]:
    yield (
        f"{reading.events} events from {reading.first} to {reading.last}:"
        f" {reading.uses} authorized uses, {reading.denied} requests refused"
    )
    yield from (f"not all could be read: {each}" for each in known.unreadable)
    if reading.malformed:
        yield f"{reading.malformed} pieces of the log are no events: {'; '.join(reading.places)}"
    if ledger.unexplained:
        yield (
            f"{ledger.unexplained} requests are allowed by no binding that there is now:"
            " by another authorizer, or by what was taken away since"
        )


def _log_document(reading: Reading) -> dict[str, Any]:
    return {
        "first": reading.first,
        "last": reading.last,
        "events": reading.events,
        "uses": reading.uses,
        "denied": reading.denied,
        "malformed": reading.malformed,
    }


def _print_manifests(found: tuple[SubjectUsage, ...]) -> None:
    """A comment for each subject, and its documents; what is told besides goes to stderr."""
    for comment, documents in usage_manifests(found):
        click.echo(f"# {comment}")
        if documents:
            dumped = yaml.safe_dump_all(documents, sort_keys=False, explicit_start=True)
            click.echo(dumped, nl=False)


def _exit_code(found: tuple[SubjectUsage, ...], *, unsure: bool) -> int:
    grants = [grant for each in found for grant in each.grants]
    if any(grant.excessive for grant in grants):
        return EXIT_UNUSED
    return EXIT_UNDECIDED if unsure or any(grant.undecided for grant in grants) else 0
