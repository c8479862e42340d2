"""What a plain YAML scalar means to the API server: YAML 1.1 as go.yaml.in/yaml/v2 reads it.

The API server and kubectl decode YAML by sigs.k8s.io/yaml, which stands on that library. Its
rules are neither those of YAML 1.1's type repository nor of 1.2: `yes` and `y` are true, `010` is
8, `1_000` is 1000, `0b11` is 3, `1e3` is 1000, while base 60 and dates stay text. Source: its
resolve.go.
"""

import base64
import binascii
import re
import struct
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

Scalar = str | int | float | bool | None

TAG = "tag:yaml.org,2002:"
BINARY = f"{TAG}binary"
MERGE = f"{TAG}merge"
STRING = f"{TAG}str"

_WORDS: dict[str, Scalar] = {
    **dict.fromkeys(
        ("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"), True
    ),
    **dict.fromkeys(
        ("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"), False
    ),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), float("inf")),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), float("-inf")),
}
_INTEGER = re.compile(
    r"([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|([1-9][0-9]*|0))", re.ASCII
)
_BASES = (16, 2, 8, 10)
_SIGNED_BINARY = re.compile(r"0b([-+][01]{1,63})", re.ASCII)
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", re.ASCII)
_UNDERSCORED = re.compile(r"\.[0-9]+(_[0-9]+)*([eE][-+]?[0-9]+(_[0-9]+)*)?", re.ASCII)
"""What strconv.ParseFloat takes behind a point: an underscore separates digits."""
_TIMESTAMP = re.compile(
    r"([0-9]{4}-[0-9]{1,2}-[0-9]{1,2})"
    r"(?:[Tt](?P<time>[0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2})(?:\.[0-9]+)?(?:Z|[-+][0-9]{2}:[0-9]{2})"
    r"| (?P<local>[0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2})(?:\.[0-9]+)?)?",
    re.ASCII,
)
_DATE = re.compile(r"[0-9]{4}-", re.ASCII)
_SMALLEST, _GREATEST = -(2**63), 2**64 - 1
_LEAST_POWER, _GREATEST_POWER = -4, 6
"""Between them strconv's format 'g' needs no exponent."""
_WRITTEN_IN_FULL = 1e21
"""Below it, Go's encoding/json writes a float without an exponent."""


def plain(text: str) -> Scalar:
    """The value of a scalar without quotes and without a tag."""
    first = text[:1]
    if first not in "yYnNtTfFoO~.+-0123456789":
        return text
    if text in _WORDS:
        return _WORDS[text]
    if first == ".":
        return _float(text.replace("_", ""), text) if _UNDERSCORED.fullmatch(text) else text
    if first in "+-" or first.isdigit():
        return text if _DATE.match(text) else _number(text)
    return text


def tagged(tag: str, text: str) -> Scalar:
    """The value of a scalar with a tag; ValueError where it is none of that type.

    A tag that is not YAML's own leaves text.
    """
    if tag == BINARY:
        return _binary(text)
    expected = _TYPES.get(tag)
    if expected is None:
        return text
    value = plain(text)
    if tag == f"{TAG}float" and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if not expected(value):
        raise ValueError(f"is no {tag.removeprefix(TAG)}, as its tag says")
    return value


def jsonable(value: Scalar) -> Scalar:
    """The value as Go's encoding/json writes it; ValueError for what JSON cannot hold."""
    if not isinstance(value, float):
        return value
    if value != value or value in (float("inf"), float("-inf")):  # noqa: PLR0124 - NaN
        raise ValueError("is no number that JSON can hold")
    return int(value) if value.is_integer() and abs(value) < _WRITTEN_IN_FULL else value


def key(value: Scalar) -> str:
    """A mapping's key as the text that JSON needs; ValueError for null and for what is too big."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) and value <= _GREATEST // 2:
        return str(value)
    if isinstance(value, float):
        return _float_key(value)
    raise ValueError("is no key that JSON can hold")


def _number(text: str) -> Scalar:
    digits = text.replace("_", "")
    if found := _INTEGER.fullmatch(digits):
        sign, *bases = found.groups()
        value = next(int(part, base) for part, base in zip(bases, _BASES, strict=True) if part)
        value = -value if sign == "-" else value
        # Beyond 63 bits only ParseUint is left, which knows no sign.
        if _SMALLEST <= value < 2**63 or (not sign and value <= _GREATEST):
            return value
    if _FLOAT.fullmatch(digits):
        return _float(digits, text)
    if found := _SIGNED_BINARY.fullmatch(digits):
        return int(found[1], 2)
    return text


def _float(digits: str, text: str) -> Scalar:
    if not _FLOAT.fullmatch(digits):
        return text
    value = float(digits)
    return text if value in (float("inf"), float("-inf")) else value


def _binary(text: str) -> str:
    try:
        return base64.b64decode(re.sub(r"[\r\n]", "", text), validate=True).decode(
            "utf-8", "replace"
        )
    except binascii.Error as error:
        raise ValueError("is no base64, as its tag says") from error


def _is_timestamp(text: str) -> bool:
    found = _TIMESTAMP.fullmatch(text)
    if found is None:
        return False
    year, month, day = map(int, found[1].split("-"))
    hour, minute, second = map(int, (found["time"] or found["local"] or "0:0:0").split(":"))
    try:
        datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return False
    return True


def _float_key(value: float) -> str:
    """As strconv.FormatFloat(value, 'g', -1, 32): the shortest that is the same 32-bit float."""
    if value != value or value in (float("inf"), float("-inf")):  # noqa: PLR0124 - NaN
        return ".nan" if value != value else ".inf" if value > 0 else "-.inf"  # noqa: PLR0124
    try:
        wanted = struct.pack("f", value)
    except OverflowError:
        return ".inf" if value > 0 else "-.inf"
    spelt = (f"{value:.{n}e}" for n in range(9))
    digits = next(each for each in spelt if struct.pack("f", float(each)) == wanted)
    mantissa, _, power = digits.partition("e")
    exponent = int(power)
    if not _LEAST_POWER <= exponent < _GREATEST_POWER:
        return digits
    decimals = max(len(mantissa.lstrip("-").replace(".", "")) - 1 - exponent, 0)
    return f"{float(digits):.{decimals}f}"


_TYPES: dict[str, Callable[[Any], bool]] = {
    f"{TAG}bool": lambda value: isinstance(value, bool),
    f"{TAG}int": lambda value: isinstance(value, int) and not isinstance(value, bool),
    f"{TAG}float": lambda value: isinstance(value, float),
    f"{TAG}null": lambda value: value is None,
    f"{TAG}timestamp": lambda value: isinstance(value, str) and _is_timestamp(value),
}
