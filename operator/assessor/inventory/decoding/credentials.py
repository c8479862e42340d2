"""Which literals look like credentials: decided while decoding, so that no value is ever kept.

A literal does by its name (``DB_PASSWORD``) or by its own shape (``AKIA…``); a detector library
decides both. What is cheap to rule out is ruled out first: most literals never reach it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from assessor.inventory.containers import Exposure
from assessor.inventory.decoding.detectors import is_keyword_for_secret, is_placeholder, matches

BY_NAME = "a credential by its name"

LONGEST_BLOCK = 16_384
"""Characters of a text that are looked at together: detectors' patterns are not all linear."""

OVERLAP = 1024
"""Characters that two of them share, so that no credential is cut in two where somebody puts it."""

LONGEST_NAME = 60

LONGEST_KEYWORD = 256
"""Characters of a name, from its end, that tell what it is: names may be a megabyte, and what is
remembered of them is remembered for long."""

SHORTEST = 20
"""Characters of a credential that is known by its shape, but for a password in an address."""

_TELLING_NAME = re.compile(r"pass|pwd|secret|token|key|contrase", re.IGNORECASE)
_TELLING_TEXT = re.compile(r"-----BEGIN|://[^\s/]*@|[\w+/=.-]{20}")

_ABOUT_A_SECRET = re.compile(
    r"(?:(?<!secret)(?<!secret_)[_.-]?id|name|file|path|dir|url|uri|endpoint|host|port|ttl|expir\w*|lifetime"
    r"|age|duration|timeout|interval|seconds|minutes|hours|days|enabled?|disabled?|required|type"
    r"|kind|format|header|prefix|suffix|alg|algorithm|length|len|size|min|max|limit|policy|regex"
    r"|pattern|version|count|issuer|audience|aud|ref|reference|namespace|mode|method|provider"
    r"|store|backend|cookie|claim|claims|scope|scopes|class|engine|rotation|rounds|iterations"
    r"|public[_.-]?key|key[_.-]?map|keys|tokens|encoding|strategy|validation|reset|field|label"
    r"|annotation|volume|mount|config|manager)$",
    re.IGNORECASE,
)
"""A name that ends so holds a fact about a secret, not the secret."""

_NO_SECRET = re.compile(
    r"\s*|true|false|yes|no|on|off|null|none|nil|enabled|disabled|\d{1,5}(ms|s|m|h|d)?"
    r"|/[\w.-]+(/[\w.-]+)+/?|(.)\2*|[\w+.-]+://[^@\s]*|\[.*\]|[^\w\s]?(vault|secret|file|env|ref)[:.].*",
    re.IGNORECASE,
)
"""Switches, numbers, paths, addresses and references."""

_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----")
"""Public by nature, and by far the most of what ConfigMaps hold in base64."""

_ASSIGNMENT = re.compile(r"""(?<![\w.$-])-{0,2}([A-Za-z_][\w.-]*)=("[^"]*"|'[^']*'|[^\s;&|"']+)""")
_ENTRY = re.compile(
    r"""^[ \t-]*+["']?([A-Za-z_][\w.-]*+)["']?[ \t]*+[:=][ \t]*+(\S.*)$""", re.MULTILINE
)
"""Possessive, as whoever writes a text may choose one on which a pattern would go to and fro."""


def kind_of(name: str, value: str) -> str | None:
    """What the literal of an environment variable or the like looks like, if a credential."""
    return _by_shape(value) or (BY_NAME if _by_name(name, value) else None)


def shape_of(text: str) -> str | None:
    """What a text looks like by its shape alone, if it holds a credential."""
    return _by_shape(text)


def in_environment(variables: Iterable[tuple[str, str | None]]) -> Iterator[Exposure]:
    """Variables of a container: names and literals, in order."""
    for index, (name, value) in enumerate(variables):
        if value and (kind := kind_of(name, value)):
            yield Exposure(f"env[{index}].value", name[:LONGEST_NAME], kind)


def in_arguments(arguments: Sequence[str], field: str) -> Iterator[Exposure]:
    """Words of a command line: each by its shape, `--password=…` and `--password …` by name."""
    for index, word in enumerate(arguments):
        at = f"{field}[{index}]"
        if kind := _by_shape(word):
            yield Exposure(at, field, kind)
        elif name := _assigned(word) or _flag(word, arguments[index + 1 : index + 2]):
            yield Exposure(at, name[:LONGEST_NAME], BY_NAME)


def in_data(data: Mapping[str, str], field: str = "data") -> Iterator[Exposure]:
    """Entries of a ConfigMap, and lines such as `password: …` of the files that they are."""
    for key, text in data.items():
        at = f"{field}['{key}']"
        rest = _CERTIFICATE.sub("", text).strip()
        if "\n" not in rest and (kind := kind_of(key, rest)):
            yield Exposure(at, key[:LONGEST_NAME], kind)
            continue
        if "\n" in rest and (kind := _by_shape(rest)):
            yield Exposure(at, key[:LONGEST_NAME], kind)
        yield from _entries(rest, at)


def _entries(text: str, at: str) -> Iterator[Exposure]:
    told: set[str] = set()
    for found in _ENTRY.finditer(text):
        name, value = found[1], found[2].rstrip(" \t").removesuffix(",")
        if name not in told and _by_name(name, value):
            told.add(name)
            yield Exposure(at, name[:LONGEST_NAME], BY_NAME)


def _assigned(word: str) -> str:
    """The first name in ``word`` that a credential is assigned to, empty: none."""
    found = (name for name, value in _ASSIGNMENT.findall(word) if _by_name(name, value))
    return next(found, "")


def _flag(word: str, following: Sequence[str]) -> str:
    """The flag's name where ``word`` is one and the next word is the credential."""
    if not word.startswith("-") or "=" in word or not following:
        return ""
    value = following[0]
    name = word.lstrip("-")
    return name if not value.startswith("-") and _by_name(name, value) else ""


def _by_name(name: str, value: str) -> bool:
    if not _is_keyword(name[-LONGEST_KEYWORD:]):
        return False
    bare = value.strip().strip("\"'")
    return not (_NO_SECRET.fullmatch(bare) or is_placeholder(bare))


@lru_cache(maxsize=4096)
def _is_keyword(name: str) -> bool:
    if not _TELLING_NAME.search(name):
        return False
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name)
    return not _ABOUT_A_SECRET.search(words) and is_keyword_for_secret(name.lower())


def _by_shape(text: str) -> str | None:
    """What the first credential in the text looks like."""
    if len(text) < SHORTEST and ":" not in text:
        return None
    if not _TELLING_TEXT.search(text):
        return None
    found = (
        kind
        for block in _blocks(text)
        for kind, secret in matches(block)
        if not is_placeholder(secret)
    )
    return next(found, None)


def _blocks(text: str) -> Iterator[str]:
    for start in range(0, max(1, len(text) - OVERLAP), LONGEST_BLOCK - OVERLAP):
        yield text[start : start + LONGEST_BLOCK]
