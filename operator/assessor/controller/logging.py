"""structlog for the operator: JSON in a cluster, readable lines on a terminal.

Log lines carry names, counts and verdicts, never the body of an object.
"""

import logging
import sys

import structlog

from assessor.controller.settings import LogFormat, LogLevel


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
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(),
                exception_formatter=structlog.dev.plain_traceback,
            )
        ]
    return [
        # No local variables in tracebacks: a request's frames hold the bearer token.
        structlog.processors.ExceptionRenderer(
            structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
        ),
        structlog.processors.JSONRenderer(sort_keys=True),
    ]


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
