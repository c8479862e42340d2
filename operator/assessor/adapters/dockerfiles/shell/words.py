"""Words of a command: quotes taken off, variables expanded, each character at its place."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from assessor.adapters.dockerfiles.expanding import Environment, expand
from assessor.adapters.dockerfiles.shell.grammar import Tree
from assessor.adapters.dockerfiles.source import BLANKS, Cut
from assessor.inventory.dockerfiles.commands import Word

if TYPE_CHECKING:
    from tree_sitter import Node

EXPANSIONS = ("simple_expansion", "expansion")
AT_RUN_TIME = ("command_substitution", "process_substitution", "arithmetic_expansion")


class Piece:
    """A part of a word: its text as it is before expansion, and what sort of part it is."""

    __slots__ = ("cut", "quoted", "sort")

    def __init__(self, cut: Cut, sort: str, *, quoted: bool) -> None:
        """``sort``: literal, variable or unknown."""
        self.cut = cut
        self.sort = sort
        self.quoted = quoted


def pieces(tree: Tree, node: "Node", *, quoted: bool = False) -> Iterator[Piece]:
    """The parts of a word's node."""
    kind = node.type
    if kind == "raw_string":
        yield Piece(tree.between(node.start_byte + 1, node.end_byte - 1), "literal", quoted=True)
    elif kind in ("string", "translated_string"):
        yield from _string(tree, node)
    elif kind in ("concatenation", "command_name"):
        for child in node.children:
            yield from pieces(tree, child, quoted=quoted)
    elif kind in EXPANSIONS:
        yield Piece(tree.cut(node), "variable", quoted=quoted)
    elif kind in AT_RUN_TIME or kind == "ansi_c_string":
        yield Piece(tree.cut(node), "unknown", quoted=True)
    else:
        yield Piece(unescaped(tree.cut(node), quoted=quoted), "literal", quoted=quoted)


def _string(tree: Tree, node: "Node") -> Iterator[Piece]:
    """Between double quotes; what stands between the children belongs to the text, too."""
    position = node.children[0].end_byte if node.children else node.start_byte
    end = node.children[-1].start_byte if len(node.children) > 1 else node.end_byte
    for child in node.children[1:-1]:
        if child.type == "string_content":
            continue
        if child.start_byte > position:
            text = unescaped(tree.between(position, child.start_byte), quoted=True)
            yield Piece(text, "literal", quoted=True)
        yield from pieces(tree, child, quoted=True)
        position = child.end_byte
    if end > position or len(node.children) <= 2:  # noqa: PLR2004 - both quotes
        yield Piece(unescaped(tree.between(position, end), quoted=True), "literal", quoted=True)


def unescaped(cut: Cut, *, quoted: bool) -> Cut:
    """Without the backslashes that take a character's meaning."""
    if "\\" not in cut.text:
        return cut
    kept, position = [], 0
    while position < len(cut.text):
        following = cut.text[position + 1 : position + 2]
        if cut.text[position] == "\\" and following and (not quoted or following in '"$`\\\n'):
            position += 1
        kept.append(position)
        position += 1
    text = "".join(cut.text[each] for each in kept)
    return Cut(cut.source, text, [cut.at(each) for each in kept], cut.end)


def literal(tree: Tree, node: "Node") -> Cut:
    """A word with its quotes taken off and nothing expanded: what is handed to a second shell."""
    parts = [piece.cut for piece in pieces(tree, node)]
    text = "".join(part.text for part in parts)
    offsets = [part.at(each) for part in parts for each in range(len(part.text))]
    return Cut(tree.script.source, text, offsets, tree.cut(node).end)


def words(tree: Tree, node: "Node", environment: Environment) -> list[Word]:
    """The word as a command gets it; a variable without quotes may hold several, or none."""
    texts: list[str] = [""]
    known, empty = True, True
    for piece in pieces(tree, node):
        text = piece.cut.text
        if piece.sort == "variable":
            found = expand(text, environment)
            known &= found.known
            text = found.text
            if found.known and not piece.quoted and any(char in text for char in BLANKS):
                first, *more = text.split() or [""]
                texts[-1] += first
                texts += more
                empty = False
                continue
        elif piece.sort == "unknown":
            known = False
        empty &= not (text or piece.quoted)
        texts[-1] += text
    span = tree.cut(node).span()
    return [] if empty else [Word(text, span, known) for text in texts]
