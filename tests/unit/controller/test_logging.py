"""Log lines are one object each for machines, and hold no secrets."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from assessor.controller.logging import configure
from assessor.controller.settings import LogFormat, LogLevel


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    """Put the global state back that configuring changes."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def fail(what: str = "a request failed") -> None:
    """Raise, with a token among the local variables."""
    header = f"Bearer {'ey' * 3}"
    raise RuntimeError(f"{what}, of {len(header)} characters")


@pytest.mark.parametrize("log_format", [LogFormat.JSON, LogFormat.CONSOLE])
def test_a_traceback_shows_no_local_variables(
    log_format: LogFormat, capsys: pytest.CaptureFixture[str]
) -> None:
    """A request's frames hold the bearer token; that holds for other libraries' loggers too."""
    configure(log_format, LogLevel.INFO)
    for logger in (structlog.stdlib.get_logger("assessor.x"), logging.getLogger("library")):
        try:
            fail()
        except RuntimeError:
            logger.exception("failed")
    told = capsys.readouterr().err
    assert told.count("a request failed, of 13 characters") == 2
    assert "test_logging.py" in told
    assert "eyeyey" not in told


def test_a_line_is_one_object(capsys: pytest.CaptureFixture[str]) -> None:
    """With level, logger, time and what was given; below the level nothing is told."""
    configure(LogFormat.JSON, LogLevel.WARNING)
    log = structlog.stdlib.get_logger("assessor.x")
    log.info("not told")
    log.warning("assessment not written", assessment="payments/baseline")
    (line,) = capsys.readouterr().err.splitlines()
    told = json.loads(line)
    assert told.pop("timestamp").endswith("Z")
    assert told == {
        "event": "assessment not written",
        "level": "warning",
        "logger": "assessor.x",
        "assessment": "payments/baseline",
    }


def test_a_console_obeys_no_text(capsys: pytest.CaptureFixture[str]) -> None:
    """Neither a value nor an exception's message begins a line or a colour."""
    configure(LogFormat.CONSOLE, LogLevel.INFO)
    hostile = "a\x1b[31m\n2026-01-01 [info] forged\x85\u2028\u202e\x9b"
    log = structlog.stdlib.get_logger("assessor.x")
    log.warning("event dropped", error=hostile, names=["b"])
    logging.getLogger("library").warning("told: %s", hostile)
    try:
        fail(hostile)
    except RuntimeError:
        log.exception("failed")
    told = capsys.readouterr().err
    assert told.count("forged") == 3
    assert not set("\x1b\x9b\x85\u2028\u202e").intersection(told)
    assert not [line for line in told.split("\n") if line.startswith("2026-01-01")]


def test_what_is_tried_for_ever_is_told_ever_more_seldom(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A right that is missing for a day costs 14 lines; nothing else is kept back."""
    configure(LogFormat.JSON, LogLevel.INFO)
    client = logging.getLogger("kopf._cogs.clients.watching")
    for attempt in range(1, 8_641):
        client.error(f"Request attempt #{attempt} failed; will retry: GET https://a/b -> 403")
    client.error("Request attempt #3 failed; escalating: GET https://a/b -> 403")
    logging.getLogger("another").error("Request attempt #3 failed; will retry: GET")
    told = [json.loads(line)["event"] for line in capsys.readouterr().err.splitlines()]
    attempts = [line.split()[2] for line in told if "will retry: GET https" in line]
    assert attempts == [f"#{2**power}" for power in range(14)]
    assert len(told) == 16
