"""JSON that is nested deeper than a decoder bears.

The API server takes objects of up to 10,000 levels where a CRD preserves unknown fields. Whoever
may make one must not take the whole kind's evidence from all namespaces.
"""

import re
from typing import TypeVar

import msgspec

T = TypeVar("T")

DEEPEST = 100
"""Levels that are kept; what is read lies within the first twenty."""

_TOKEN = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\]]', re.DOTALL)
"""A string, whose brackets are none, or a bracket."""


def decode_deep(decoder: msgspec.json.Decoder[T], body: bytes) -> T:
    """Decode, without what is too deep where something is."""
    try:
        return decoder.decode(body)
    except RecursionError:
        return decoder.decode(pruned(body))


def pruned(body: bytes) -> bytes:
    """The same JSON with null for each value that is nested deeper than ``DEEPEST``."""
    kept: list[bytes] = []
    depth = begin = 0
    for token in _TOKEN.finditer(body):
        if token[0] in (b"{", b"["):
            depth += 1
            if depth == DEEPEST + 1:
                kept += (body[begin : token.start()], b"null")
        elif token[0] in (b"}", b"]"):
            if depth == DEEPEST + 1:
                begin = token.end()
            depth -= 1
    return b"".join((*kept, body[begin:]))
