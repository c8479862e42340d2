"""A command group whose subcommands are imported only when they are called."""

import gc
import importlib
from collections.abc import Mapping
from types import ModuleType
from typing import Any

import click

Location = tuple[str, str]
"""A module and its attribute."""


class OutputClosedError(Exception):
    """Nobody reads the output any more. Not an OSError, of which click makes exit code 1."""


class LazyGroup(click.Group):
    """A group that imports a subcommand's module when the subcommand is used."""

    def __init__(self, *args: Any, locations: Mapping[str, Location], **kwargs: Any) -> None:
        """``locations``: where each subcommand is, by its name."""
        super().__init__(*args, **kwargs)
        self._locations = locations

    def invoke(self, ctx: click.Context) -> Any:
        """Call the command; OutputClosedError."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise OutputClosedError from error

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List the names without importing anything."""
        del ctx
        return list(self._locations)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one subcommand."""
        del ctx
        if cmd_name not in self._locations:
            return None
        module, attribute = self._locations[cmd_name]
        command: click.Command = getattr(_imported(module), attribute)
        return command


def _imported(module: str) -> ModuleType:
    """Import without looking for garbage, which takes a tenth of the time: modules stay."""
    gc.disable()
    try:
        return importlib.import_module(module)
    finally:
        gc.enable()
