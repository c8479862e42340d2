"""structlog for the operator: JSON in a cluster, readable lines on a terminal.

Log lines carry names, counts and verdicts, never the body of an object.
"""

import io
import logging
import re
import sys
from typing import TextIO

import structlog

from assessor.controller.settings import LogFormat, LogLevel
from assessor.reporting.bounds import bounded

LONGEST_VALUE = 4096
"""Characters of one value in a console's line."""

ATTEMPT = re.compile(r"Request attempt #(\d+) failed; will retry")
"""How kopf tells of a request that it will make again, as we have it do for ever."""


def configure(log_format: LogFormat, level: LogLevel) -> None:
    """Route structlog and the standard library's loggers to standard error, one line each."""
    threshold = logging.getLevelNamesMapping()[level.upper()]
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *_renderers(log_format),
            ],
        )
    )
    handler.addFilter(_is_worth_telling)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(threshold)
    _quieten_libraries(threshold)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def _renderers(log_format: LogFormat) -> list[structlog.typing.Processor]:
    if _is_console(log_format):
        return [
            _on_one_line,
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(), exception_formatter=_traceback
            ),
        ]
    return [
        # No local variables in tracebacks: a request's frames hold the bearer token.
        structlog.processors.ExceptionRenderer(
            structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
        ),
        structlog.processors.JSONRenderer(sort_keys=True),
    ]


def _on_one_line(
    _: structlog.typing.WrappedLogger, __: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Texts that an API server's answer, or a tenant, has chosen begin no line and no colour.

    JSON escapes them by itself.
    """
    return {
        name: bounded(value, LONGEST_VALUE) if isinstance(value, str) else value
        for name, value in event.items()
    }


def _traceback(out: TextIO, exception: structlog.typing.ExcInfo) -> None:
    """In plain letters and set in: an exception's message may quote anything, lines too."""
    told = io.StringIO()
    structlog.dev.plain_traceback(told, exception)
    out.writelines(
        f"\n  {bounded(line, LONGEST_VALUE)}".rstrip(" ") for line in told.getvalue().splitlines()
    )


def _is_console(log_format: LogFormat) -> bool:
    if log_format is LogFormat.AUTO:
        return sys.stderr.isatty()
    return log_format is LogFormat.CONSOLE


def _quieten_libraries(threshold: int) -> None:
    """Kopf tells of each step at INFO, and aiohttp of each probe: warnings are enough."""
    for name in ("kopf", "aiohttp", "asyncio"):
        logging.getLogger(name).setLevel(max(threshold, logging.WARNING))
    logging.getLogger("kopf._core.reactor.running").addFilter(_is_no_known_notice)


def _is_no_known_notice(record: logging.LogRecord) -> bool:
    """Kopf warns that it handles no signals in a thread: the main loop does, on purpose."""
    return not record.getMessage().startswith("OS signals are ignored")


def _is_worth_telling(record: logging.LogRecord) -> bool:
    """Of what kopf tries in vain every ten seconds, attempts 1, 2, 4, 8 and so on say enough."""
    if not record.name.startswith("kopf."):
        return True
    attempt = ATTEMPT.match(record.getMessage())
    return attempt is None or int(attempt[1]).bit_count() == 1
