"""A Dockerfile as a whole: its stages, and the files that its build is given."""

from msgspec import Struct

from assessor.inventory.dockerfiles.instructions import Exposed, Instruction
from assessor.inventory.dockerfiles.places import Span


class Base(Struct, frozen=True):
    """What a stage is built on or copies from: an image, or another stage.

    ``reference`` is the image's, expanded; ``stage`` the index of the stage, None where it is an
    image. Not ``known`` where an argument without a default is part of it.
    """

    reference: str
    span: Span
    stage: int | None = None
    known: bool = True


class Stage(Struct, frozen=True):
    """A FROM and what follows it; ``name`` is empty where it has none.

    ``sources`` are what its COPY --from, ADD --from and RUN --mount=from take from, by the index
    of the instruction. ``windows``: its base is a Windows image.
    """

    index: int
    name: str
    base: Base
    start: Instruction
    instructions: tuple[Instruction, ...]
    sources: dict[int, Base] = {}
    windows: bool = False

    @property
    def title(self) -> str:
        """How findings call it: by its name, else by its number."""
        return self.name or str(self.index)


class BuildContext(Struct, frozen=True):
    """The folder whose files a build is given.

    ``ignore_file`` is its ignore file's name, empty where there is none. ``allow_list``: the file
    leaves out everything but what it names. ``uncovered`` are the sorts of sensitive files that it
    would let in, ``present`` those files of them that are there, by sort.
    """

    ignore_file: str = ""
    allow_list: bool = False
    uncovered: tuple[str, ...] = ()
    present: dict[str, str] = {}


class Pragma(Struct, frozen=True):
    """A comment that tells a scanner to say nothing: of which, what of it, and where."""

    scanner: str
    silenced: str
    span: Span


class Dockerfile(Struct, frozen=True, dict=True):
    """A Dockerfile that could be read; the last stage is the image.

    ``arguments`` are the ARGs before the first FROM. ``context`` is None where nobody knows the
    build's folder, as for standard input. ``elsewhere`` is what looks like a credential by its
    shape and is in no instruction's ``exposures``, such as in a comment.
    """

    name: str
    stages: tuple[Stage, ...]
    arguments: tuple[Instruction, ...] = ()
    context: BuildContext | None = None
    pragmas: tuple[Pragma, ...] = ()
    elsewhere: tuple[Exposed, ...] = ()
