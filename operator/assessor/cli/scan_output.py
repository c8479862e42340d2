"""Where a scan's report and its progress go."""

import os
import sys
from collections.abc import Callable
from importlib import import_module
from types import TracebackType
from typing import Self

from assessor.reporting.bounds import inert, inert_json, inert_xml
from assessor.reporting.scan.report import Report

FORMATS = {
    "table": "table",
    "json": "document",
    "sarif": "sarif",
    "junit": "junit",
    "markdown": "markdown",
}
"""The module of each format, imported only when it is asked for."""

INERT: dict[str, Callable[[str], str]] = {
    "table": inert,
    "json": inert_json,
    "sarif": inert_json,
    "junit": inert_xml,
    "markdown": str,
}
"""How each format is kept from being a command to whoever runs the scan; Markdown escapes ``#``."""

WIDTH = 30


def write_report(report: Report, output: str) -> None:
    """Write to standard output as it is made: a big report is never held as a whole."""
    module = import_module(f"assessor.reporting.scan.{FORMATS[output]}")
    options = {"color": has_color()} if output == "table" else {}
    sys.stdout.writelines(map(INERT[output], module.chunks(report, **options)))
    sys.stdout.flush()


def has_color() -> bool:
    """On a terminal, unless NO_COLOR is set to anything (no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")  # noqa: TID251 - a convention


class Progress:
    """A bar on standard error while it is a terminal; nothing in a pipe."""

    def __init__(self, files: int) -> None:
        """``files``: how many there are."""
        self._files = files
        self._done = 0
        self._shown = files > 1 and sys.stderr.isatty()

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave nothing on the terminal."""
        if self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

    def step(self) -> None:
        """One file more."""
        before = self._done * 100 // self._files
        self._done += 1
        percent = self._done * 100 // self._files
        if self._shown and percent != before:
            filled = "#" * (WIDTH * self._done // self._files)
            sys.stderr.write(f"\r[{filled:<{WIDTH}}] {self._done} of {self._files} files")
            sys.stderr.flush()
