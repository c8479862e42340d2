"""`assessor netpol explain`: which policy allows or denies a connection, and why."""

import sys
from pathlib import Path

import click

from assessor.adapters.manifests.objects import DEFAULT_NAMESPACE
from assessor.analysis.netpol.asking import port_of, sources, targets
from assessor.analysis.netpol.explaining import Explanation, Fate, explain
from assessor.cli.cluster_options import source_options
from assessor.cli.netpol_source import Source, network_of, pod_addresses_option
from assessor.cli.printing import print_json, print_line
from assessor.reporting.netpol_reasons import explanation_lines, explanations_document

EXIT = {Fate.ALLOWED: 0, Fate.DENIED: 1, Fate.UNKNOWN: 3}


@click.command("explain")
@click.argument("source", metavar="SRC")
@click.argument("destination", metavar="DST")
@click.argument("port", metavar="PORT[/PROTOCOL]")
@click.option(
    "-n",
    "--namespace",
    default=DEFAULT_NAMESPACE,
    show_default=True,
    help="Where ends are that do not say it.",
)
@pod_addresses_option
@click.option(
    "-o",
    "--output",
    type=click.Choice(["txt", "json"]),
    default="txt",
    show_default=True,
    help="For people or for programs.",
)
@source_options
def explain_command(
    *,
    source: str,
    destination: str,
    port: str,
    namespace: str,
    pod_addresses: str,
    output: str,
    files: tuple[str, ...],
    kubeconfig: Path | None,
    context: str | None,
) -> None:
    """Whether SRC may connect to PORT of DST, and which policy decides it on either side.

    Ends are [NAMESPACE/][KIND/]NAME of a workload or a pod, or an address; DST may be a Service,
    as in svc/NAME, and PORT is its port then. PORT is a number or a container's name for it, of TCP
    unless it says otherwise: 53/UDP. The exit code is 0 if it is allowed, 1 if it is denied, 2 if
    the command could not do its work, and 3 if it is unknown or differs between the pods meant.
    """
    wanted = port_of(port)
    network = network_of(Source(files, kubeconfig, context).read((namespace,)), pod_addresses)
    found = [
        (explain(network.evaluator, each, target.end, target.ports), target.ports)
        for each in sources(network, source, namespace)
        for target in targets(network, destination, namespace, wanted)
    ]
    if output == "json":
        print_json(explanations_document(found))
    else:
        for number, each in enumerate(found):
            for line in (*([""] if number else []), *explanation_lines(*each)):
                print_line(line)
    sys.exit(_exit_code([each for each, _ in found]))


def _exit_code(found: list[Explanation]) -> int:
    fates = {each.fate for each in found}
    return EXIT[fates.pop()] if len(fates) == 1 else EXIT[Fate.UNKNOWN]
