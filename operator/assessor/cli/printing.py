"""How one-shot commands show what they found: tables for people, JSON for programs."""

import sys
from typing import Any

import click
import msgspec
from rich.console import Console, RenderableType

from assessor.reporting.bounds import inert, inert_json, printable

PIPED_WIDTH = 200
"""Columns where there is no terminal to ask."""


def output_option(command: Any) -> Any:
    """Add --output."""
    return click.option(
        "-o",
        "--output",
        type=click.Choice(["table", "json"]),
        default="table",
        show_default=True,
        help="For people or for programs.",
    )(command)


def print_tables(*tables: RenderableType) -> None:
    """As wide as the terminal."""
    console = Console(
        width=None if sys.stdout.isatty() else PIPED_WIDTH, highlight=False, markup=False
    )
    for table in tables:
        if sys.stdout.isatty():
            console.print(table)
        else:
            with console.capture() as printed:
                console.print(table)
            click.echo(inert(printed.get()), nl=False)


def print_line(text: str, *, err: bool = False) -> None:
    """One line, whatever names are in it."""
    click.echo(inert(printable(text)), err=err)


def print_json(value: Any) -> None:
    """One document, indented."""
    click.echo(inert_json(msgspec.json.format(msgspec.json.encode(value), indent=2).decode()))


def print_json_line(value: Any) -> None:
    """One document of many."""
    click.echo(inert_json(msgspec.json.encode(value).decode()))
