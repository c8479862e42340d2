"""What holds at a place of a Dockerfile: variables, the shell, the working directory."""

from pathlib import PurePosixPath

from assessor.adapters.dockerfiles.expanding import Environment, Expanded, expand
from assessor.adapters.dockerfiles.shell.wrappers import FOREIGN, SHELLS

LONGEST_VALUE = 10_000
"""Characters of a variable's value; one that holds itself twice doubles with each line."""

_WINDOWS = ("/windows/", "windows/servercore", "windows/nanoserver", "nanoserver", "servercore")


class Scope:
    """Variables and settings, which instructions change on their way down."""

    def __init__(self, escape: str, environment: Environment, shell: str = "/bin/sh") -> None:
        """``environment`` is what is known at the beginning."""
        self.escape = escape
        self.environment: dict[str, str | None] = dict(environment)
        self.shell = shell
        self.directory: str | None = None

    def child(self) -> "Scope":
        """The scope of a stage that is built on this one."""
        made = Scope(self.escape, self.environment, self.shell)
        made.directory = self.directory
        return made

    def expand(self, text: str) -> Expanded:
        """A word with its variables' values."""
        found = expand(text, self.environment, self.escape)
        if len(found.text) > LONGEST_VALUE:
            return Expanded("", known=False)
        return found

    def set(self, name: str, value: str | None) -> None:
        """Give a variable a value; None where it is not known."""
        self.environment[name] = value

    def change_directory(self, word: Expanded) -> None:
        """Take WORKDIR's word: from now on relative ones are relative to it."""
        path = PurePosixPath(word.text)
        if not word.known:
            self.directory = None
        elif path.is_absolute():
            self.directory = str(path)
        elif self.directory is not None:
            self.directory = str(PurePosixPath(self.directory, path))

    @property
    def not_understood(self) -> str:
        """Why the shell form is not understood, empty where it is."""
        program = self.shell.replace("\\", "/").rpartition("/")[2].lower()
        if called := FOREIGN.get(program):
            return f"{called} runs it"
        if program.removesuffix(".exe") not in SHELLS:
            return "its shell is none that is known here"
        return ""


def is_windows(reference: str) -> bool:
    """Whether an image's name is that of one of Windows, whose shell is its command processor."""
    name = f"/{reference.lower()}"
    return any(f"{part}" in name for part in _WINDOWS) or "-windowsservercore" in name


def windows_shell() -> str:
    """The shell of a Windows image that says nothing else."""
    return "cmd"
