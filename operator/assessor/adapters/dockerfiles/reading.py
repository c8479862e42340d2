"""A Dockerfile's text read: its instructions in stages, and what those are built on."""

from msgspec.structs import replace

from assessor.adapters.dockerfiles import exposing
from assessor.adapters.dockerfiles.faults import DockerfileError
from assessor.adapters.dockerfiles.instructing import (
    SETS,
    TEMPLATE,
    Parts,
    instruction,
    is_template,
    parts_of,
    sets_of,
)
from assessor.adapters.dockerfiles.lines import Lines, Logical
from assessor.adapters.dockerfiles.pragmas import pragmas
from assessor.adapters.dockerfiles.scope import Scope, is_windows, windows_shell
from assessor.adapters.dockerfiles.source import Source
from assessor.adapters.dockerfiles.words import flags_of
from assessor.inventory.dockerfiles.commands import Word
from assessor.inventory.dockerfiles.files import Base, Dockerfile, Stage
from assessor.inventory.dockerfiles.instructions import Instruction

_FROM = "FROM needs an image, and AS and a name where it has one"
_PLAIN_FROM = 1
_NAMED_FROM = 3


def read_dockerfile(name: str, text: str) -> Dockerfile:
    """The view of a Dockerfile; DockerfileError where no builder would take it."""
    source = Source(text)
    lines = Lines(source)
    reader = _Reader(lines)
    for line in lines.logical():
        if line.text.text.strip():
            reader.take(line)
    stages = reader.stages()
    if not stages:
        raise DockerfileError("there is no FROM in it", (1, 1))
    made = Dockerfile(name, stages, tuple(reader.arguments), pragmas=tuple(pragmas(lines)))
    return _with_shapes(made, source)


class _Open:
    """A stage that is being read."""

    def __init__(self, stage: Stage, scope: Scope) -> None:
        self.stage = stage
        self.scope = scope
        self.instructions: list[Instruction] = []
        self.sources: dict[int, Base] = {}


class _Reader:
    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._opened: list[_Open] = []
        self._globals = Scope(lines.escape, {})
        self.arguments: list[Instruction] = []

    def stages(self) -> tuple[Stage, ...]:
        return tuple(
            replace(each.stage, instructions=tuple(each.instructions), sources=each.sources)
            for each in self._opened
        )

    def take(self, line: Logical) -> None:
        # A directive at the top may have changed it by now.
        self._globals.escape = self._lines.escape
        parts = parts_of(line)
        if parts.name == "FROM" and not parts.onbuild:
            self._begin(line, parts)
            return
        if self._opened:
            self._add(self._opened[-1], line, parts)
            return
        if parts.name != "ARG":
            place = line.text.source.place(line.text.at(0))
            raise DockerfileError(f"{parts.name} stands before the first FROM", place)
        made = instruction(line, parts, self._globals)
        self._change(self._globals, made, parts)
        self.arguments.append(made)

    def _begin(self, line: Logical, parts: Parts) -> None:
        made = instruction(line, parts, self._globals)
        words = made.words
        named = len(words) == _NAMED_FROM and words[1].text.upper() == "AS"
        if len(words) != _PLAIN_FROM and not named:
            place = (made.head.line, made.head.column)
            told = TEMPLATE if is_template(line.text.text) else _FROM
            raise DockerfileError(told, place)
        name = words[2].text.lower() if named else ""
        base = self._base(words[0])
        if base.stage is None:
            windows = is_windows(base.reference)
            shell = windows_shell() if windows else "/bin/sh"
            scope = Scope(self._lines.escape, {}, shell)
        else:
            below = self._opened[base.stage]
            windows, scope = below.stage.windows, below.scope.child()
        stage = Stage(len(self._opened), name, base, made, (), windows=windows)
        self._opened.append(_Open(stage, scope))

    def _base(self, word: Word) -> Base:
        """What a word of FROM or --from means: the stage of that name, or else an image."""
        names = [each.stage.name for each in self._opened]
        stage = names.index(word.text.lower()) if word.text and word.text.lower() in names else None
        return Base(word.text, word.span, stage, word.known)

    def _add(self, open_: _Open, line: Logical, parts: Parts) -> None:
        made = instruction(line, parts, open_.scope)
        source = self._source(open_, made)
        if source:
            open_.sources[len(open_.instructions)] = source
        if not made.onbuild:
            self._change(open_.scope, made, parts)
        open_.instructions.append(made)

    def _source(self, open_: _Open, made: Instruction) -> Base | None:
        """What an instruction takes from: a stage by name or number, or an image."""
        for flag in made.flags:
            value = flag.value if flag.name == "from" else None
            if flag.name == "mount":
                value = flag.options.get("from")
            if not value:
                continue
            expanded = open_.scope.expand(value)
            if expanded.text.isdecimal() and int(expanded.text) < open_.stage.index:
                return Base(expanded.text, flag.span, int(expanded.text))
            return self._base(Word(expanded.text, flag.span, expanded.known))
        return None

    def _change(self, scope: Scope, made: Instruction, parts: Parts) -> None:
        """Let an instruction change what holds behind it."""
        if made.keyword in SETS and made.keyword != "LABEL":
            _, rest = flags_of(parts.arguments)
            for name, value in sets_of(made, rest, scope):
                told = scope.expand(name.text).text
                if value is None:
                    # ARG without a default in a stage: that of the one before the first FROM.
                    known = self._globals.environment.get(told) if self._opened else None
                    scope.set(told, known if known is not None else scope.environment.get(told))
                    continue
                expanded = scope.expand(value.text)
                scope.set(told, expanded.text if expanded.known else None)
        elif made.keyword == "SHELL" and made.words:
            scope.shell = made.words[0].text
        elif made.keyword == "WORKDIR" and made.words:
            scope.change_directory(scope.expand(made.words[0].text))


def _with_shapes(made: Dockerfile, source: Source) -> Dockerfile:
    """Credentials by their shape, in whatever line they stand, which nothing has told yet."""
    listed = [*made.arguments, *(each for stage in made.stages for each in stage.instructions)]
    known = [exposure.span for each in listed for exposure in each.exposures]
    return replace(made, elsewhere=tuple(exposing.by_shape(source, known)))
