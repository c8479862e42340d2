"""The package managers of languages: pip, npm and its like, gem, go."""

import re

from msgspec.structs import replace

from assessor.analysis.dockerfiles.packages import Action, Package, Verb, parsed
from assessor.inventory.dockerfiles.commands import Command, Word

_PIP_TAKES = frozenset(
    {"-r", "--requirement", "-c", "--constraint", "-e", "--editable", "-t", "--target", "-i"}
    | {"--index-url", "--extra-index-url", "-f", "--find-links", "--prefix", "--root", "--src"}
    | {"--platform", "--python", "--python-version", "--implementation", "--abi", "--timeout"}
    | {"--trusted-host", "--cache-dir", "--no-binary", "--only-binary", "--progress-bar", "--log"}
    | {"--upgrade-strategy", "--report", "--proxy", "--retries", "--cert", "--client-cert"}
    | {"--config-settings", "-C", "--build-option", "--global-option", "--exists-action"}
)
_PIP_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_NPM_TAKES = frozenset(
    {"--prefix", "-C", "--registry", "--cache", "--userconfig", "--loglevel", "--omit", "--only"}
    | {"-w", "--workspace", "--tag", "--include"}
)
_NPM_INSTALL = ("install", "i", "in", "add", "isntall")
_GEM_TAKES = frozenset(
    {"-v", "--version", "-i", "--install-dir", "-n", "--bindir", "-s", "--source", "-p", "-P"}
    | {"--http-proxy", "--trust-policy", "--platform", "--build-root"}
)
_GO_TAKES = frozenset(
    {"-ldflags", "-tags", "-o", "-mod", "-modfile", "-gcflags", "-asmflags", "-p", "-C", "-pkgdir"}
    | {"-installsuffix", "-buildmode", "-compiler", "-overlay", "-exec"}
)
_EXACT = re.compile(r"v?[0-9]")
_COMMIT = re.compile(r"[0-9a-f]{7,40}")


def read_pip(command: Command) -> Action | None:
    """``pip install``; what a requirements file says is not looked into."""
    words = parsed(command.arguments, _PIP_TAKES)
    if not words.rest:
        return None
    verb_word, *named = words.rest
    verb = {"install": Verb.INSTALL, "uninstall": Verb.REMOVE}.get(verb_word.text, Verb.OTHER)
    # A constraints file pins whatever it names, and hashes pin all.
    held = words.value("-c", "--constraint") is not None or "--require-hashes" in words.flags
    packages = tuple(_pip_package(word, held=held) for word in named) if verb != Verb.OTHER else ()
    newest = bool(words.flags & {"-U", "--upgrade"}) and bool(packages)
    return Action("pip", verb, verb_word, command, packages, words.flags, newest)


def read_python(command: Command) -> Action | None:
    """``python -m pip …``."""
    texts = command.texts
    if texts[:2] != ("-m", "pip"):
        return None
    return _behind(command, 2)


def _behind(command: Command, count: int) -> Action | None:
    """The call of pip that begins so many words behind the program."""
    found = read_pip(replace(command, words=command.words[count:]))
    return found and replace(found, command=command)


def read_uv(command: Command) -> Action | None:
    """``uv pip install …``."""
    return _behind(command, 1) if command.texts[:1] == ("pip",) else None


def _pip_package(word: Word, *, held: bool) -> Package:
    text = word.text
    local = (
        text.startswith((".", "/", "~", "git+", "file:"))
        or text.endswith((".whl", ".tar.gz", ".zip"))
        or "://" in text
        or "/" in text
    )
    name = _PIP_NAME.match(text)
    pinned = held or "==" in text or "@" in text
    return Package(name[0] if name else text, word, pinned, local)


def read_npm(command: Command) -> Action | None:
    """``npm install``; without names it takes what the lock file says."""
    words = parsed(command.arguments, _NPM_TAKES)
    rest = words.rest
    if command.program == "yarn" and rest[:1] and rest[0].text == "global":
        rest = rest[1:]
    if not rest:
        return None
    verb_word, *named = rest
    if verb_word.text in ("update", "up", "upgrade"):
        packages = tuple(_npm_package(word) for word in named)
        verb = Verb.INSTALL if packages else Verb.UPGRADE
        return Action(
            command.program, verb, verb_word, command, packages, words.flags, bool(packages)
        )
    if verb_word.text in ("cache", "clean") and any(w.text.startswith("clean") for w in named):
        return Action(command.program, Verb.CLEAN, verb_word, command, (), words.flags)
    if verb_word.text not in _NPM_INSTALL:
        return Action(command.program, Verb.OTHER, verb_word, command, (), words.flags)
    packages = tuple(_npm_package(word) for word in named)
    return Action(command.program, Verb.INSTALL, verb_word, command, packages, words.flags)


def _npm_package(word: Word) -> Package:
    text = word.text
    scope = "@" if text.startswith("@") else ""
    name, at, version = text.removeprefix("@").partition("@")
    local = text.startswith((".", "/", "~", "file:")) or text.endswith((".tgz", ".tar.gz"))
    remote = "://" in text or (not scope and "/" in text)
    pinned = bool(at) and bool(_EXACT.match(version))
    if remote:
        pinned = "#" in text
    return Package(f"{scope}{name}", word, pinned, local)


def read_gem(command: Command) -> Action | None:
    """``gem install``; ``-v`` pins what it is given with."""
    words = parsed(command.arguments, _GEM_TAKES)
    if not words.rest:
        return None
    verb_word, *named = words.rest
    if verb_word.text == "update":
        packages = tuple(Package(word.text, word) for word in named)
        verb = Verb.INSTALL if packages else Verb.UPGRADE
        return Action("gem", verb, verb_word, command, packages, words.flags, bool(packages))
    verb = {"install": Verb.INSTALL, "i": Verb.INSTALL, "uninstall": Verb.REMOVE}.get(
        verb_word.text, Verb.OTHER
    )
    version = words.value("-v", "--version")
    packages = tuple(_gem_package(word, version) for word in named) if verb != Verb.OTHER else ()
    return Action("gem", verb, verb_word, command, packages, words.flags)


def _gem_package(word: Word, version: str | None) -> Package:
    name, colon, given = word.text.partition(":")
    asked = given if colon else version or ""
    exact = bool(_EXACT.match(asked.removeprefix("= ").removeprefix("=")))
    return Package(name, word, exact, word.text.endswith(".gem"))


def read_go(command: Command) -> Action | None:
    """``go install module@version``; without a version go.mod decides, which is in the source."""
    words = parsed(command.arguments, _GO_TAKES)
    if not words.rest:
        return None
    verb_word, *named = words.rest
    if verb_word.text not in ("install", "get"):
        return Action("go", Verb.OTHER, verb_word, command, (), words.flags)
    packages = tuple(_go_package(word) for word in named)
    newest = verb_word.text == "get" and "-u" in words.flags
    return Action("go", Verb.INSTALL, verb_word, command, packages, words.flags, newest)


def _go_package(word: Word) -> Package:
    name, at, version = word.text.partition("@")
    exact = bool(_EXACT.match(version) or _COMMIT.fullmatch(version))
    return Package(name, word, exact, not at)


LANGUAGES = {
    "pip": read_pip,
    "pipx": read_pip,
    "python": read_python,
    "uv": read_uv,
    "npm": read_npm,
    "yarn": read_npm,
    "pnpm": read_npm,
    "gem": read_gem,
    "go": read_go,
}
"""By the program's name, without a version in it."""
