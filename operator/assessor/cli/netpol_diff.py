"""`assessor netpol diff`: what a change opens and closes."""

import sys
from pathlib import Path

import click

from assessor.adapters.manifests.objects import DEFAULT_NAMESPACE
from assessor.adapters.manifests.walking import STDIN
from assessor.adapters.netpol_files import read_state
from assessor.analysis.netpol.connections import Families, Scope
from assessor.analysis.netpol.differing import differences
from assessor.analysis.netpol.evaluator import PodAddresses
from assessor.analysis.netpol.state import State
from assessor.cli.cluster_options import cluster_options
from assessor.cli.netpol_source import Source, pod_addresses_option, scope_options, tell_gaps
from assessor.cli.printing import print_json, print_line
from assessor.kernel.errors import InputError
from assessor.reporting.netpol_differences import (
    difference_lines,
    differences_document,
    differences_markdown,
)

CLUSTER = "cluster"
EXIT_DIFFERENT = 1


@click.command("diff")
@click.argument("before")
@click.argument("after")
@scope_options
@pod_addresses_option
@click.option(
    "-o",
    "--output",
    type=click.Choice(["txt", "json", "md"]),
    default="txt",
    show_default=True,
    help="Lines, for programs, or Markdown for a comment on a pull request.",
)
@cluster_options
def diff_command(
    *,
    before: str,
    after: str,
    namespaces: tuple[str, ...],
    families: str,
    pod_addresses: str,
    output: str,
    kubeconfig: Path | None,
    context: str | None,
) -> None:
    """What the change from BEFORE to AFTER opens (+) and closes (-).

    Both are a file, a directory or - for stdin, and hold all that bears on it: policies, workloads,
    namespaces. One of them may be the word `cluster`, for what runs now. Lines with ~ tell what
    was unknown and is not any more, or the other way round. The exit code is 0 if nothing is
    different, 1 if something is, and 2 if the command could not do its work.
    """
    if before == after:
        raise InputError(f"before and after are both {before}")
    source = Source((), kubeconfig, context)
    old, new = (_state(each, source, namespaces) for each in (before, after))
    for each in (old, new):
        tell_gaps(each)
    scope = Scope(frozenset(namespaces), Families(families))
    found = differences(old, new, scope, PodAddresses(pod_addresses))
    if output == "json":
        print_json(differences_document(found))
    elif output == "md":
        click.echo(differences_markdown(found))
    else:
        for line in difference_lines(found):
            print_line(line)
    sys.exit(EXIT_DIFFERENT if found else 0)


def _state(where: str, source: Source, namespaces: tuple[str, ...]) -> State:
    if where == CLUSTER and not Path(where).exists():
        return source.read(namespaces)
    if where != STDIN and not Path(where).exists():
        raise InputError(f"{where}: no such file or directory")
    return read_state((where,), namespace=DEFAULT_NAMESPACE)
