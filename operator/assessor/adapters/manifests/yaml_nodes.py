"""YAML documents as nodes with their places, from libyaml's events.

libyaml and the API server's YAML library are one scanner and parser, in C and in Go. What the two
make of a scanned document differs, so nothing of PyYAML above the events is used.
"""

import re
from collections.abc import Iterator
from typing import Any

import yaml
from msgspec import Struct

from assessor.adapters.manifests.places import Place, UnreadableError

DEEPEST = 200
"""Levels of a document: a CustomResourceDefinition has some 40."""

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The parser in C where PyYAML was built with it: 10 times as fast."""


class Scalar(Struct):
    """A scalar; ``plain`` says that neither quotes nor a tag decide its type."""

    text: str
    tag: str
    plain: bool
    place: Place


class Sequence(Struct):
    """A sequence."""

    children: list["Node"]
    place: Place


class Mapping(Struct):
    """A mapping: keys and values by turns, equal keys as often as they are there."""

    children: list["Node"]
    place: Place

    @property
    def pairs(self) -> Iterator[tuple["Node", "Node"]]:
        """The keys with their values."""
        return zip(self.children[::2], self.children[1::2], strict=True)


class Alias(Struct):
    """A node that stands elsewhere."""

    target: "Node"
    place: Place


Node = Scalar | Sequence | Mapping | Alias


def document_nodes(text: str) -> Iterator[Node]:
    """The roots of a stream's documents, empty ones left out; UnreadableError.

    A document begins at the first place of the text; whoever cut it out adds what was before.
    """
    loader = _LOADER(text)
    try:
        yield from _Builder(loader, text).roots()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(mark.line + 1, mark.column + 1) if mark else Place(1)
        raise UnreadableError(error.problem or "is no YAML", place) from error
    except yaml.reader.ReaderError as error:
        raise UnreadableError(_reason(error), _place_of(error, text)) from error
    finally:
        loader.dispose()


class _Builder:
    """Builds nodes from a parser's events, without recursion."""

    def __init__(self, loader: Any, text: str) -> None:
        self._loader = loader
        self._slashes = text if "\\/" in text else ""
        self._anchors: dict[str, Node] = {}
        self._open: list[Sequence | Mapping] = []

    def roots(self) -> Iterator[Node]:
        """One root after the other."""
        while True:
            event = self._loader.get_event()
            match event:
                case yaml.StreamEndEvent():
                    return
                case yaml.DocumentStartEvent():
                    self._anchors = {}
                case yaml.NodeEvent():
                    node = self._node(event)
                    if not self._open:
                        yield node
                case yaml.CollectionEndEvent():
                    closed = self._open.pop()
                    if not self._open:
                        yield closed

    def _node(self, event: Any) -> Node:
        place = Place(event.start_mark.line + 1, event.start_mark.column + 1)
        node = self._made(event, place)
        if self._open:
            self._open[-1].children.append(node)
        if event.anchor and not isinstance(node, Alias):
            # A second anchor of one name hides the first from here on.
            self._anchors[event.anchor] = node
        if isinstance(node, Sequence | Mapping):
            self._open.append(node)
            if len(self._open) > DEEPEST:
                raise UnreadableError(f"deeper than {DEEPEST} levels", place)
        return node

    def _made(self, event: Any, place: Place) -> Node:
        match event:
            case yaml.ScalarEvent():
                self._refuse_slash(event, place)
                return Scalar(event.value, event.tag or "", event.implicit[0], place)
            case yaml.SequenceStartEvent():
                return Sequence([], place)
            case yaml.MappingStartEvent():
                return Mapping([], place)
        if event.anchor not in self._anchors:
            raise UnreadableError("an alias names no anchor before it", place)
        return Alias(self._anchors[event.anchor], place)

    def _refuse_slash(self, event: Any, place: Place) -> None:
        """The one escape of YAML 1.2 that libyaml knows and the API server's library does not."""
        if self._slashes and event.style == '"':
            written = self._slashes[event.start_mark.index : event.end_mark.index]
            if _ESCAPED_SLASH.search(written):
                raise UnreadableError("an unknown escape: a slash", place)


_ESCAPED_SLASH = re.compile(r"(?:^|[^\\])(?:\\\\)*\\/")


def _reason(error: yaml.reader.ReaderError) -> str:
    if isinstance(error.character, int):
        return f"{error.reason}: U+{error.character:04X}"
    return str(error.reason)


def _place_of(error: yaml.reader.ReaderError, text: str) -> Place:
    """Where the character stands; libyaml counts the bytes of UTF-8."""
    before = text.encode("utf-8", "surrogatepass")[: error.position].decode("utf-8", "replace")
    return Place(before.count("\n") + 1, len(before) - before.rfind("\n"))
