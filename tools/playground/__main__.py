"""`python -m playground demo|up|down|build`: what the Makefile calls."""

import os
import signal
import sys
from collections.abc import Callable
from types import FrameType

import click

from playground import binary, demo, standing
from playground.errors import PlaygroundError


@click.group()
def playground() -> None:
    """Run a real control plane on loopback with the operator in it."""


@playground.command(name="demo")
def _demo() -> None:
    """Show the main job once, from nothing to nothing."""
    demo.run()


@playground.command()
def up() -> None:
    """Start a playground that keeps running."""
    standing.up()


@playground.command()
def down() -> None:
    """End it."""
    standing.down()


@playground.command(hidden=True)
def hold() -> None:
    """Be the process that `up` starts."""
    standing.hold()


@playground.command()
def build() -> None:
    """Build the control plane's binary, unless it is there; print its path."""
    click.echo(binary.find(os.environ))  # noqa: TID251 - the playground's settings


def _main(command: Callable[[], object]) -> None:
    # A signal becomes an exception, so that everything that was started is ended on the way out.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _leave)
    try:
        command()
    except PlaygroundError as error:
        print(f"playground: {error}", file=sys.stderr)
        sys.exit(1)


def _leave(number: int, _: FrameType | None) -> None:
    sys.exit(128 + number)


_main(playground)
