"""`assessor netpol`: who may talk to whom; on a cluster or on files."""

import click

from assessor.cli.lazy import LazyGroup

COMMANDS = {
    "connections": ("assessor.cli.netpol_connections", "connections_command"),
}


@click.group(cls=LazyGroup, locations=COMMANDS)
def netpol() -> None:
    """Who may talk to whom, by NetworkPolicies and the policies of administrators."""
