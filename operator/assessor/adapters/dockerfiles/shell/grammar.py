"""The shell's grammar, loaded when the first RUN is read."""

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from assessor.adapters.dockerfiles.source import Cut

if TYPE_CHECKING:
    from tree_sitter import Node, Parser


class Tree:
    """A script's tree, of which nodes are found again in the source."""

    def __init__(self, script: Cut) -> None:
        """Parse; the tree has errors where the script is none."""
        self.script = script
        encoded = script.text.encode("utf-8", "replace")
        self.root = _parser().parse(encoded).root_node
        # Nodes count bytes, everything else counts characters.
        self._characters = None if len(encoded) == len(script.text) else _characters(script.text)

    def cut(self, node: "Node") -> Cut:
        """A node's text."""
        return self.between(node.start_byte, node.end_byte)

    def between(self, begin: int, end: int) -> Cut:
        """The text from one byte up to another."""
        if self._characters:
            begin, end = self._characters[begin], self._characters[end]
        return self.script.part(begin, end)


def errors(node: "Node") -> Iterator["Node"]:
    """Where the grammar does not go on."""
    waiting = [node]
    while waiting:
        each = waiting.pop()
        if each.is_error or each.is_missing:
            yield each
        elif each.has_error:
            waiting.extend(reversed(each.children))


def _characters(text: str) -> list[int]:
    """By each byte, the character that it belongs to."""
    found = [
        number
        for number, char in enumerate(text)
        for _ in range(len(char.encode("utf-8", "replace")))
    ]
    return [*found, len(text)]


@cache
def _parser() -> "Parser":
    # Imported only where it is needed: a manifest alone shall be scanned at once.
    import tree_sitter_bash  # noqa: PLC0415
    from tree_sitter import Language, Parser  # noqa: PLC0415

    return Parser(Language(tree_sitter_bash.language()))
