"""The commands of a script, with those that they start in their turn."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from assessor.adapters.dockerfiles.expanding import Environment, expand
from assessor.adapters.dockerfiles.shell import wrappers
from assessor.adapters.dockerfiles.shell.grammar import Tree, errors
from assessor.adapters.dockerfiles.shell.removing import removal
from assessor.adapters.dockerfiles.shell.words import literal, words
from assessor.adapters.dockerfiles.source import Cut
from assessor.inventory.dockerfiles.commands import Command, Word

if TYPE_CHECKING:
    from tree_sitter import Node

DEEPEST = 150
"""Statements within each other, and shells within shells; nobody writes as many."""
MOST_WRAPPERS = 20
"""Programs that start each other, such as sudo and env."""
LONGEST = 100_000
"""Characters of a script; longer ones are no build's steps."""

Origin = Callable[[int], Cut]
"""A command's word by its index, without its quotes and not expanded."""

_NO_ARGUMENTS = ("variable_assignment", "file_redirect", "heredoc_redirect", "herestring_redirect")


class Assignment(Struct, frozen=True):
    """``name=value`` before a command or by itself; the value is not kept beyond the reading."""

    name: str
    value: Word


class Script(Struct):
    """What a script came to; ``not_understood`` says what stopped the reading, if anything."""

    commands: list[Command]
    assignments: list[Assignment]
    not_understood: str = ""


class _Where(Struct, frozen=True):
    """The surroundings of a statement."""

    subshell: bool = False
    piped: bool = False
    depth: int = 0
    wrapped: tuple[str, ...] = ()


def read_script(text: Cut, environment: Environment, depth: int = 0) -> Script:
    """Take a script apart."""
    return _Reader(environment, depth).read(text)


def read_words(given: Sequence[Cut], environment: Environment) -> Script:
    """Take an exec form apart: one command, and the script that it may be given."""
    reader = _Reader(environment, 0)
    made = [Word(each.text, each.span()) for each in given]
    if made:
        span = made[0].span.to(made[-1].span)
        reader.add(Command(tuple(made), span), lambda index: given[index])
    return reader.script


class _Reader:
    def __init__(self, environment: Environment, depth: int) -> None:
        self._environment = dict(environment)
        self._depth = depth
        self.script = Script([], [])

    def read(self, text: Cut, wrapped: tuple[str, ...] = ()) -> Script:
        if len(text.text) > LONGEST or self._depth > DEEPEST:
            self._stop("a script is too long or too deep to be read")
            return self.script
        tree = Tree(text)
        found = next(errors(tree.root), None)
        if found is not None:
            line = tree.cut(found).span().line
            self._stop(f"the shell's grammar does not take line {line}")
        self._walk(tree, tree.root, _Where(wrapped=wrapped))
        return self.script

    def _stop(self, why: str) -> None:
        self.script.not_understood = self.script.not_understood or why

    def _walk(self, tree: Tree, node: "Node", where: _Where) -> None:
        if where.depth > DEEPEST:
            self._stop("a script is too long or too deep to be read")
            return
        below = replace(where, depth=where.depth + 1)
        kind = node.type
        if kind in ("command", "declaration_command"):
            self._command(tree, node, below)
        elif kind == "variable_assignment":
            self._assign(tree, node, below)
        elif kind == "pipeline":
            for number, child in enumerate(node.named_children):
                self._walk(tree, child, replace(below, subshell=True, piped=number > 0))
        elif kind in ("subshell", "command_substitution", "process_substitution"):
            self._children(tree, node, replace(below, subshell=True, piped=False))
        elif kind == "redirected_statement":
            self._redirected(tree, node, below)
        else:
            self._children(tree, node, below)

    def _children(self, tree: Tree, node: "Node", where: _Where) -> None:
        for child in node.named_children:
            self._walk(tree, child, where)

    def _command(self, tree: Tree, node: "Node", where: _Where) -> None:
        nodes = [each for each in node.children if each.type not in _NO_ARGUMENTS]
        made: list[Word] = []
        origins: list[Node] = []
        for each in nodes:
            for word in words(tree, each, self._environment):
                made.append(word)
                origins.append(each)
        if made:
            command = Command(
                tuple(made),
                tree.cut(node).span(),
                where.wrapped,
                removal(tree, node),
                where.subshell,
                where.piped,
            )
            self.add(command, lambda index: literal(tree, origins[index]))
        for child in node.named_children:
            if child.type == "variable_assignment":
                self._assign(tree, child, where)
            elif child.type != "word":
                self._walk_substitutions(tree, child, where)

    def _walk_substitutions(self, tree: Tree, node: "Node", where: _Where) -> None:
        if node.type in ("command_substitution", "process_substitution"):
            self._walk(tree, node, where)
        elif where.depth < DEEPEST:
            below = replace(where, depth=where.depth + 1)
            for child in node.named_children:
                self._walk_substitutions(tree, child, below)

    def _assign(self, tree: Tree, node: "Node", where: _Where) -> None:
        name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
        if name is None:
            return
        told = tree.cut(name).text
        if value is None:
            self._environment[told] = ""
            return
        text = literal(tree, value).text
        found = expand(tree.cut(value).text, self._environment)
        known = found.known and value.type in ("word", "number", "string", "raw_string")
        self._environment[told] = found.text if known else None
        self.script.assignments.append(
            Assignment(told, Word(text, tree.cut(node).span(), known=known))
        )
        self._walk_substitutions(tree, value, where)

    def _redirected(self, tree: Tree, node: "Node", where: _Where) -> None:
        before = len(self.script.commands)
        self._children(tree, node, where)
        read = self.script.commands[before:]
        if not any(wrappers.reads_input([w.text for w in each.words]) for each in read):
            return
        for redirect in node.named_children:
            for body in redirect.named_children if redirect.type == "heredoc_redirect" else ():
                if body.type == "heredoc_body":
                    self._nested(tree.cut(body), (*where.wrapped, "sh"))

    def add(self, command: Command, origin: Origin) -> None:
        """Add a command, and what it starts."""
        base = 0
        while True:
            self.script.commands.append(command)
            self._foreign(command)
            texts = [word.text for word in command.words]
            position = wrappers.script_of(texts)
            if position is not None:
                self._nested(origin(base + position), (*command.wrappers, command.program))
                return
            started = wrappers.inner(texts)
            if started is None:
                return
            if len(command.wrappers) == MOST_WRAPPERS:
                self._stop("a command is started by too many others to be read")
                return
            base += started
            rest = command.words[started:]
            command = replace(
                command,
                words=rest,
                span=rest[0].span.to(command.span.end),
                wrappers=(*command.wrappers, command.program),
            )

    def _foreign(self, command: Command) -> None:
        if called := wrappers.FOREIGN.get(command.program.lower()):
            self._stop(f"{called} runs it")

    def _nested(self, text: Cut, wrapped: tuple[str, ...]) -> None:
        inside = _Reader(self._environment, self._depth + 1)
        inside.read(text, wrapped)
        self.script.commands += [replace(each, removal=None) for each in inside.script.commands]
        self.script.assignments += inside.script.assignments
        if inside.script.not_understood:
            self._stop(inside.script.not_understood)
