"""Kubernetes' durations in hours, minutes and seconds: ``90s``, ``1h30m``, ``720h``."""

import re
from datetime import timedelta

from assessor.kernel.errors import InputError

SHORTEST = timedelta(minutes=1)
LONGEST = timedelta(hours=720)

_WHOLE = re.compile(r"([0-9]{1,6}[hms])+", re.ASCII)
_PART = re.compile(r"([0-9]+)([hms])", re.ASCII)
_UNITS = {"h": timedelta(hours=1), "m": timedelta(minutes=1), "s": timedelta(seconds=1)}


def parse_duration(text: str) -> timedelta:
    """The length of ``1h30m``; InputError where ``text`` is spelt any other way.

    Days and fractions are refused, as CEL's duration() and the CRD refuse them.
    """
    if not _WHOLE.fullmatch(text):
        raise InputError(f"{text!r} is not a duration in h, m and s such as 90s, 1h or 1h30m")
    parts = (int(amount) * _UNITS[unit] for amount, unit in _PART.findall(text))
    return sum(parts, timedelta())


def check_interval(text: str) -> str:
    """``text`` as it came; ValueError unless it is a duration from 1m to 720h."""
    try:
        length = parse_duration(text)
    except InputError as error:
        raise ValueError(str(error)) from error
    if not SHORTEST <= length <= LONGEST:
        raise ValueError(f"must be between 1m and 720h, not {text}")
    return text
