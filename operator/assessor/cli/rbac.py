"""`assessor rbac`: who may do what, and who uses it; on a cluster or on files."""

import click

from assessor.cli.lazy import LazyGroup

COMMANDS = {
    "who-can": ("assessor.cli.rbac_questions", "who_can"),
    "rights": ("assessor.cli.rbac_questions", "rights"),
    "can-i": ("assessor.cli.rbac_questions", "can_i"),
    "usage": ("assessor.cli.rbac_usage", "usage"),
}


@click.group(cls=LazyGroup, locations=COMMANDS)
def rbac() -> None:
    """Who may do what, and who uses it."""
