"""`assessor rbac usage`: what was granted and never used, from audit logs."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import yaml

from assessor.adapters.audit_log import STDIN, Reading, read
from assessor.adapters.audit_policy_file import read_policy
from assessor.analysis.rbac.asking import subject_of
from assessor.analysis.rbac.audit_policy import AuditRule, PolicyCoverage
from assessor.analysis.rbac.directory import key_of
from assessor.analysis.rbac.questions import Knowledge
from assessor.analysis.rbac.usage.coverage import Coverage, NothingCovered
from assessor.analysis.rbac.usage.impersonators import impersonators
from assessor.analysis.rbac.usage.ledger import Ledger
from assessor.analysis.rbac.usage.rightsizing import Replacement, replacement
from assessor.analysis.rbac.usage.verdicts import Log, SubjectUsage
from assessor.analysis.rbac.usage.verdicts import usage as usage_of
from assessor.cli.printing import print_json, print_line, print_tables
from assessor.cli.rbac_source import Source, source_options
from assessor.kernel.errors import InputError
from assessor.reporting.rbac_usage import (
    rest_document,
    usage_document,
    usage_manifests,
    usage_table,
)

EXIT_UNUSED, EXIT_UNDECIDED = 1, 3


@click.command()
@click.option(
    "--audit-log",
    "logs",
    multiple=True,
    required=True,
    metavar="FILE",
    help="audit.k8s.io/v1 events: JSON lines or EventLists, also gzipped, or - for stdin. Several"
    " may follow; give those of every API server, without a gap.",
)
@click.argument("more", nargs=-1, metavar="[FILE]...")
@click.option(
    "--policy",
    metavar="FILE",
    help="The audit policy that the API servers had all the while. Without it nothing proves that"
    " a use would have been logged, and there is no verdict on what was not seen.",
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
    more: tuple[str, ...],
    policy: str | None,
    subjects: tuple[str, ...],
    output: str,
    files: tuple[str, ...],
    kubeconfig: Path | None,
    context: str | None,
) -> None:
    """What each subject was granted and did not use, and the role that would have been enough.

    There is no verdict on a grant that is younger than the log, nor where it is not proven that
    its use would be logged: without --policy, where a piece of the log cannot be read, and for
    rights whose use is no request of its own. The manifests of -o yaml are applied together: new
    roles and bindings, and the old bindings with those who still need them. The exit code is 0 if
    all that was granted was used, 1 if something was not, 2 if the command could not do its work,
    and 3 if nothing is known to be too much but not all could be judged.
    """
    sources = (*logs, *more)
    if STDIN in sources and STDIN in files:
        raise InputError("stdin can be read once: as --audit-log or as -f")
    known = Source(files, kubeconfig, context).read(None, default=None)
    rules = read_policy(policy) if policy else None
    ledger, reading = Ledger(known.directory), Reading()
    for use in read(sources, reading):
        ledger.take(use)
    log = Log(ledger, _coverage(rules, reading, known), reading.first)
    found = _chosen(usage_of(known.directory, log), subjects)
    plan = replacement(found, known.directory)
    notes = tuple(_notes(known, reading, ledger, is_policy_known=rules is not None))
    if output == "json":
        print_json(_document(found, plan, reading, notes))
    elif output == "yaml":
        _print_manifests(plan, notes)
    else:
        print_tables(usage_table(found, notes))
    sys.exit(_exit_code(found, unsure=bool(known.unreadable or reading.garbled.count)))


def _coverage(rules: tuple[AuditRule, ...] | None, reading: Reading, known: Knowledge) -> Coverage:
    """What the policy proves, unless a piece of the log is lost: any use may have been in that."""
    if rules is None or reading.garbled.count:
        return NothingCovered()
    return PolicyCoverage(rules, impersonators(known.directory))


def _chosen(found: tuple[SubjectUsage, ...], subjects: tuple[str, ...]) -> tuple[SubjectUsage, ...]:
    """Those that are asked for, however spelled; InputError where a binding names none of them."""
    if not subjects:
        return found
    by_key = {key_of(each.subject): each for each in found}
    for subject in subjects:
        if key_of(subject_of(subject)) not in by_key:
            raise InputError(f"no binding that is judged names {subject}")
    return tuple(by_key[key_of(subject_of(subject))] for subject in subjects)


def _notes(
    known: Knowledge, reading: Reading, ledger: Ledger, *, is_policy_known: bool
) -> Iterator[str]:
    yield (
        f"{reading.events} events from {reading.first} to {reading.last}:"
        f" {reading.uses} authorized uses, {reading.denied} requests refused"
    )
    yield from (f"not all could be read: {each}" for each in known.unreadable)
    if reading.garbled.count:
        places = "; ".join(reading.garbled.places)
        yield (
            f"{reading.garbled.count} pieces of the log are no events, so nothing is known to be"
            f" unused: {places}"
        )
    if not is_policy_known:
        yield "without --policy nothing proves that what was not seen would have been logged"
    if ledger.unexplained:
        yield (
            f"{ledger.unexplained} requests are allowed by no binding that there is now:"
            " by another authorizer, or by what was taken away since"
        )


def _document(
    found: tuple[SubjectUsage, ...], plan: Replacement, reading: Reading, notes: tuple[str, ...]
) -> dict[str, Any]:
    return {
        "log": {
            "first": reading.first,
            "last": reading.last,
            "events": reading.events,
            "uses": reading.uses,
            "denied": reading.denied,
            "malformed": reading.garbled.count,
        },
        "notes": notes,
        "subjects": usage_document(found, plan),
        "bindings": list(map(rest_document, plan.rest)),
    }


def _print_manifests(plan: Replacement, notes: tuple[str, ...]) -> None:
    """Documents under comments; the notes are comments, too."""
    for note in notes:
        print_line(f"# {_one_line(note)}")
    for comment, documents in usage_manifests(plan):
        print_line(f"# {_one_line(comment)}")
        click.echo(yaml.safe_dump_all(documents, sort_keys=False, explicit_start=True), nl=False)


def _one_line(text: str) -> str:
    """As a comment has to be: names in a log may hold anything."""
    return " ".join(text.split())


def _exit_code(found: tuple[SubjectUsage, ...], *, unsure: bool) -> int:
    grants = [grant for each in found for grant in each.grants]
    if any(grant.excessive for grant in grants):
        return EXIT_UNUSED
    return EXIT_UNDECIDED if unsure or any(grant.undecided for grant in grants) else 0
