"""What .gitignore and .assessorignore leave out of a directory, as git reads them."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

NAMES = (".gitignore", ".assessorignore")
"""In the order in which they are read: the second has the last word."""


class Ignored:
    """The ignore files of a directory and of those above it, up to the repository's root."""

    def __init__(self, rules: tuple[tuple[Path, "GitIgnoreSpec"], ...] = ()) -> None:
        """``rules``: from the outermost directory to the innermost."""
        self._rules = rules

    @classmethod
    def above(cls, directory: Path) -> "Ignored":
        """The rules that hold for a directory by what stands above it."""
        outer = [directory, *directory.parents]
        root = next((n for n, each in enumerate(outer) if (each / ".git").exists()), 0)
        ignored = cls()
        for each in reversed(outer[1 : root + 1]):
            ignored = ignored.within(each)
        return ignored

    def within(self, directory: Path) -> "Ignored":
        """These rules and those that a directory brings."""
        specs = (_spec(directory / name) for name in NAMES)
        added = tuple((directory, spec) for spec in specs if spec is not None)
        return Ignored(self._rules + added) if added else self

    def leaves_out(self, path: Path, *, folder: bool) -> bool:
        """Whether a path is ignored: the innermost rule that names it decides."""
        for directory, spec in reversed(self._rules):
            relative = path.relative_to(directory).as_posix()
            decided = spec.check_file(f"{relative}/" if folder else relative).include
            if decided is not None:
                return decided
        return False


def _spec(path: Path) -> "GitIgnoreSpec | None":
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    # Imported only where there are rules: one file shall be scanned at once.
    from pathspec import GitIgnoreSpec  # noqa: PLC0415

    return GitIgnoreSpec.from_lines(lines)
