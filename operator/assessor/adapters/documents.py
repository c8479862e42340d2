"""YAML and JSON streams: their documents, each with the line that it begins on.

Stricter than the parsers are by themselves: of two equal keys they keep the last, by which a rule
can be lost without a word.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any

import yaml
from msgspec import Struct

from assessor.kernel.errors import InputError

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The parser in C where PyYAML was built with it: 10 times as fast."""

DEEPEST = 200
"""Levels of a document: a CustomResourceDefinition has some 40."""

_MERGE = "tag:yaml.org,2002:merge"


class Document(Struct, frozen=True):
    """One document: its number and line in the stream, both from 1, and what it holds."""

    number: int
    line: int
    value: Any


class _Loader(_Base):  # type: ignore[misc] # its base is chosen at run time
    """Plain values, no Python objects; equal keys are an error, and so is endless depth.

    The parser in C checks no depth of its own: a page of brackets would end the process.
    """

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self._depth = 0

    def descend_resolver(self, current_node: yaml.Node | None, current_index: Any) -> None:
        del current_index
        self._depth += 1
        if self._depth > DEEPEST:
            mark = current_node.start_mark if current_node else None
            raise yaml.composer.ComposerError(None, None, f"deeper than {DEEPEST} levels", mark)

    def ascend_resolver(self) -> None:
        self._depth -= 1

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> Any:  # noqa: FBT001, FBT002 - PyYAML's signature
        _refuse_equal_keys(node)
        return super().construct_mapping(node, deep)


def documents(text: str, where: str) -> Iterator[Document]:
    """The documents of a stream, without the empty ones; InputError names ``where`` and the line.

    What begins with a brace is read as JSON objects, one after the other, if it is that.
    """
    if text.lstrip().startswith("{"):
        try:
            yield from list(_json_documents(text))
        except json.JSONDecodeError as error:
            if where.endswith(".json"):
                raise InputError(f"{where}, line {error.lineno}: {error.msg}") from error
        except (ValueError, RecursionError) as error:
            raise InputError(f"{where}: {error}") from error
        else:
            return
    yield from _yaml_documents(text, where)


def _json_documents(text: str) -> Iterator[Document]:
    decoder = json.JSONDecoder(object_pairs_hook=_object)
    number, position, line = 1, _skip_blank(text, 0), 1
    counted = 0
    while position < len(text):
        line += text.count("\n", counted, position)
        counted = position
        value, end = decoder.raw_decode(text, position)
        yield Document(number, line, value)
        number, position = number + 1, _skip_blank(text, end)


def _skip_blank(text: str, position: int) -> int:
    while position < len(text) and text[position].isspace():
        position += 1
    return position


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError(f"the key {_first_repeated(key for key, _ in pairs)!r} is there twice")
    return made


def _yaml_documents(text: str, where: str) -> Iterator[Document]:
    try:
        loader = _Loader(text)
        number = 0
        while loader.check_node():
            number += 1
            node = loader.get_node()
            value = loader.construct_document(node)
            if value is not None:
                yield Document(number, node.start_mark.line + 1, value)
    except yaml.MarkedYAMLError as error:
        raise InputError(f"{where}{_line(error)}: {error.problem or error}") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise InputError(f"{where}: {error}") from error


def _line(error: yaml.MarkedYAMLError) -> str:
    mark = error.problem_mark or error.context_mark
    return f", line {mark.line + 1}" if mark else ""


def _refuse_equal_keys(node: yaml.MappingNode) -> None:
    keys = [
        (key.tag, key.value)
        for key, _ in node.value
        if isinstance(key, yaml.ScalarNode) and key.tag != _MERGE
    ]
    if len(set(keys)) == len(keys):
        return
    _, name = _first_repeated(keys)
    mark = [key.start_mark for key, _ in node.value if key.value == name][1]
    raise yaml.constructor.ConstructorError(None, None, f"the key {name!r} is there twice", mark)


def _first_repeated(keys: Iterable[Any]) -> Any:
    seen: set[Any] = set()
    for key in keys:
        if key in seen:
            return key
        seen.add(key)
    return None
