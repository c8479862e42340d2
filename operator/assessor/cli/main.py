"""The command `assessor`; each subcommand is imported only when it is called."""

import os
import sys
import traceback

import click

from assessor import __version__
from assessor.cli.lazy import LazyGroup, OutputClosedError
from assessor.kernel.errors import AssessorError
from assessor.reporting.bounds import inert, printable

EXIT_UNUSABLE_INPUT = 2
EXIT_INTERRUPTED = 130

COMMANDS = {
    "run": ("assessor.cli.run", "run"),
    "assess": ("assessor.cli.assess", "assess"),
    "scan": ("assessor.cli.scan", "scan"),
    "explain": ("assessor.cli.explain", "explain"),
    "list": ("assessor.cli.list_controls", "list_controls"),
    "rbac": ("assessor.cli.rbac", "rbac"),
    "netpol": ("assessor.cli.netpol", "netpol"),
    "generate": ("assessor.cli.generate", "generate"),
}


@click.group(
    cls=LazyGroup, locations=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(__version__, prog_name="assessor")
def assessor() -> None:
    """Keep every namespace honestly assessed against a 64-item security checklist."""


def main() -> None:
    """Run the command. What a person can mend ends in one line.

    1 and 3 are verdicts of the commands that give one, so nothing else ends with them: what was
    not usable, output that nobody took and bugs end with 2, an interrupt with 130 (128 + SIGINT).
    """
    sys.exit(_run())


def _run() -> int:
    try:
        assessor.main(prog_name="assessor", standalone_mode=False)
    except SystemExit as ended:
        # Where nobody reads the output any more, rich ends with 1.
        if isinstance(ended.code, int) and not isinstance(ended.__context__, BrokenPipeError):
            return ended.code
        _forget_output()
    except OutputClosedError:
        _forget_output()
    except click.ClickException as error:
        error.show()
    except (click.Abort, KeyboardInterrupt):
        return EXIT_INTERRUPTED
    except AssessorError as error:
        click.echo(inert(printable(f"assessor: {error}", lines=True)), err=True)
    except OSError as error:
        _forget_output()
        click.echo(f"assessor: {error.strerror or error}", err=True)
    except Exception:  # noqa: BLE001 - Python itself would end with 1, which is a verdict
        traceback.print_exc()
    else:
        return 0
    return EXIT_UNUSABLE_INPUT


def _forget_output() -> None:
    """What could not be written is not tried again when the interpreter ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
