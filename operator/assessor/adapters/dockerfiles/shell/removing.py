"""How a command is taken out of its script so that the rest still parses."""

from typing import TYPE_CHECKING

from assessor.adapters.dockerfiles.shell.grammar import Tree
from assessor.inventory.dockerfiles.places import Edit

if TYPE_CHECKING:
    from tree_sitter import Node

_SEQUENCES = ("program", "compound_statement", "subshell", "do_group")


def removal(tree: Tree, command: "Node") -> Edit | None:
    """The edit that deletes a command with its ``&&`` or ``;``; None where that is not plain."""
    statement = command
    parent = statement.parent
    while parent is not None and parent.type == "redirected_statement":
        if any(child.type == "heredoc_redirect" for child in parent.children):
            return None
        statement, parent = parent, parent.parent
    if parent is None:
        return None
    if parent.type == "list":
        return _from_list(tree, statement, parent)
    return _from_sequence(tree, statement, parent) if parent.type in _SEQUENCES else None


def _from_list(tree: Tree, statement: "Node", parent: "Node") -> Edit | None:
    left, *_, right = parent.children
    if not any(child.type == "&&" for child in parent.children):
        return None
    if statement.id == left.id:
        return _up_to(tree, statement, right)
    last = statement
    above = parent.parent
    # The grammar hangs the last command's redirections on the whole list.
    if above is not None and above.type == "redirected_statement":
        if any(child.type == "heredoc_redirect" for child in above.children):
            return None
        last = above
    return _behind(tree, left, last)


def _from_sequence(tree: Tree, statement: "Node", parent: "Node") -> Edit | None:
    following, previous = statement.next_named_sibling, statement.prev_named_sibling
    if following is not None and following.type != "comment":
        return _up_to(tree, statement, following)
    if previous is not None and previous.type != "comment" and parent.type == "program":
        return _behind(tree, previous, statement)
    return None


def _up_to(tree: Tree, first: "Node", following: "Node") -> Edit:
    begin, end = tree.cut(first).at(0), tree.cut(following).at(0)
    return Edit(tree.script.source.span(begin, end), "")


def _behind(tree: Tree, previous: "Node", last: "Node") -> Edit:
    begin, end = tree.cut(previous).end, tree.cut(last).end
    return Edit(tree.script.source.span(begin, end), "")
