"""The command `assessor`; each subcommand is imported only when it is called."""

import importlib
import sys

import click

from assessor import __version__
from assessor.kernel.errors import AssessorError

EXIT_UNUSABLE_INPUT = 2

COMMANDS = {
    "run": ("assessor.cli.run", "run"),
    "assess": ("assessor.cli.assess", "assess"),
    "generate": ("assessor.cli.generate", "generate"),
}
"""Subcommand → (module, attribute)."""


class LazyGroup(click.Group):
    """A group that imports a subcommand's module when the subcommand is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List the names without importing anything."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one subcommand."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module, attribute = COMMANDS[cmd_name]
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="assessor")
def assessor() -> None:
    """Keep every namespace honestly assessed against a 64-item security checklist."""


def main() -> None:
    """Run the command; what a person can mend ends in one line and exit code 2."""
    try:
        assessor.main(prog_name="assessor")
    except AssessorError as error:
        click.echo(f"assessor: {error}", err=True)
        sys.exit(EXIT_UNUSABLE_INPUT)
