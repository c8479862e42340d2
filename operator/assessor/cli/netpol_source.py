"""How a command is told where policies and workloads are: in a cluster, or in files."""

import asyncio
from pathlib import Path

import click
from msgspec import Struct

from assessor.adapters.manifests.objects import DEFAULT_NAMESPACE
from assessor.adapters.netpol_files import read_state
from assessor.adapters.netpol_lister import list_state
from assessor.analysis.netpol.connections import Families
from assessor.analysis.netpol.evaluator import PodAddresses
from assessor.analysis.netpol.state import Network, State
from assessor.cli.cluster_options import Command, credential_source, one_shot_client
from assessor.cli.printing import print_line


class Source(Struct, frozen=True):
    """Where the objects are: in files, or else in a cluster."""

    files: tuple[str, ...]
    kubeconfig: Path | None
    context: str | None

    def read(self, namespaces: tuple[str, ...] = ()) -> State:
        """Everything that bears on connections; ``namespaces`` are those that are asked about."""
        if self.files:
            return read_state(self.files, namespace=DEFAULT_NAMESPACE)
        return asyncio.run(self._list(namespaces))

    async def _list(self, namespaces: tuple[str, ...]) -> State:
        async with one_shot_client(credential_source(self.kubeconfig, self.context)) as client:
            return await list_state(client, namespaces)


def scope_options(command: Command) -> Command:
    """Add -n and --families."""
    families = click.option(
        "--families",
        type=click.Choice([each.value for each in Families]),
        default=Families.AUTO.value,
        show_default=True,
        help="Of which versions of IP the world outside is shown; auto: IPv4, and IPv6 where a"
        " policy speaks of it.",
    )
    namespaces = click.option(
        "-n",
        "--namespace",
        "namespaces",
        multiple=True,
        help="Only connections with an end in this namespace; may be repeated.",
    )
    decorated: Command = namespaces(families(command))
    return decorated


def pod_addresses_option(command: Command) -> Command:
    """Add --ip-blocks-match-pods."""
    return click.option(
        "--ip-blocks-match-pods",
        "pod_addresses",
        type=click.Choice([each.value for each in PodAddresses]),
        default=PodAddresses.UNKNOWN.value,
        show_default=True,
        help="Whether an ipBlock also means pods whose address is in it: that depends on the"
        " network plugin. Where a connection hangs on it, it is shown as unknown.",
    )(command)


def network_of(state: State, pod_addresses: str) -> Network:
    """The state, ready to be asked."""
    tell_gaps(state)
    return state.evaluator(PodAddresses(pod_addresses))


def tell_gaps(state: State) -> None:
    """Tell on stderr what was not read or is not evaluated."""
    for gap in state.unreadable:
        print_line(f"assessor: not all could be read: {gap}", err=True)
    for policy in state.policies.foreign:
        where = f"in {policy.meta.namespace}" if policy.meta.namespace else "in every namespace"
        print_line(
            f"assessor: {policy.kind} {policy.meta.name} is not evaluated: what it may allow or"
            f" deny {where} is unknown",
            err=True,
        )
