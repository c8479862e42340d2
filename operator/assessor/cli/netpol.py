"""`assessor netpol`: who may talk to whom; on a cluster or on files."""

import click

from assessor.cli.lazy import LazyGroup

COMMANDS = {
    "connections": ("assessor.cli.netpol_connections", "connections_command"),
    "explain": ("assessor.cli.netpol_explain", "explain_command"),
    "diff": ("assessor.cli.netpol_diff", "diff_command"),
    "fix": ("assessor.cli.netpol_fix", "fix_command"),
}


@click.group(cls=LazyGroup, locations=COMMANDS)
def netpol() -> None:
    """Who may talk to whom, by NetworkPolicies and the policies of administrators."""
