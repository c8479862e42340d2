"""The command `assessor`; each subcommand is imported only when it is called."""

import sys

import click

from assessor import __version__
from assessor.cli.lazy import LazyGroup
from assessor.kernel.errors import AssessorError

EXIT_UNUSABLE_INPUT = 2

COMMANDS = {
    "run": ("assessor.cli.run", "run"),
    "assess": ("assessor.cli.assess", "assess"),
    "rbac": ("assessor.cli.rbac", "rbac"),
    "generate": ("assessor.cli.generate", "generate"),
}


@click.group(
    cls=LazyGroup, locations=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]}
)
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
