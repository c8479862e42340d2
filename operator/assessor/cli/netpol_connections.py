"""`assessor netpol connections`: what may talk to what."""

from pathlib import Path

import click

from assessor.analysis.netpol.connections import Families, Scope, connections
from assessor.cli.cluster_options import source_options
from assessor.cli.netpol_source import Source, network_of, pod_addresses_option, scope_options
from assessor.cli.printing import print_json, print_line
from assessor.reporting.bounds import inert
from assessor.reporting.netpol import connections_document, connections_dot, connections_text


@click.command("connections")
@scope_options
@click.option("--replicas", is_flag=True, help="Also what pods of one workload may say to another.")
@pod_addresses_option
@click.option(
    "-o",
    "--output",
    type=click.Choice(["txt", "json", "dot"]),
    default="txt",
    show_default=True,
    help="A line each, for programs, or a graph for Graphviz.",
)
@source_options
def connections_command(
    *,
    namespaces: tuple[str, ...],
    families: str,
    replicas: bool,
    pod_addresses: str,
    output: str,
    files: tuple[str, ...],
    kubeconfig: Path | None,
    context: str | None,
) -> None:
    """What may talk to what: one line for each pair of ends, `src => dst : ports`.

    Ends are workloads, ranges of addresses outside, and {ingress-controller} for what comes in
    through Ingresses and Routes. Services are no ends: connections are judged at the pods behind
    them. A line ends in "unknown:" with the ports of which nobody can tell from policies.
    """
    network = network_of(Source(files, kubeconfig, context).read(namespaces), pod_addresses)
    found = connections(network, Scope(frozenset(namespaces), Families(families), replicas))
    if output == "json":
        print_json(connections_document(found))
    elif output == "dot":
        click.echo(inert(connections_dot(found)))
    else:
        for line in connections_text(found):
            print_line(line)
