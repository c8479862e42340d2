"""Programs that start another program: sudo, env, xargs and the like, and shells given a script."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

SHELLS = frozenset({"sh", "bash", "dash", "ash", "zsh", "ksh", "mksh", "hush"})
"""Shells whose scripts the grammar is made for."""

FOREIGN = {
    "powershell": "PowerShell",
    "pwsh": "PowerShell",
    "powershell.exe": "PowerShell",
    "pwsh.exe": "PowerShell",
    "cmd": "the command processor of Windows",
    "cmd.exe": "the command processor of Windows",
}
"""Shells whose scripts nothing here understands."""


class _Wrapper(Struct, frozen=True):
    """What stands between it and the program that it starts.

    ``takes``: options with a word of their own behind them; ``skips``: words that are not options.
    """

    takes: frozenset[str] = frozenset()
    skips: int = 0


def _wrapper(*takes: str, skips: int = 0) -> _Wrapper:
    return _Wrapper(frozenset(takes), skips)


WRAPPERS: Mapping[str, _Wrapper] = {
    "sudo": _wrapper("-u", "-g", "-p", "-C", "-h", "-r", "-t", "-U", "-T", "-D", "-R"),
    "doas": _wrapper("-u", "-C"),
    "env": _wrapper("-u", "-C", "-S"),
    "exec": _wrapper("-a"),
    "time": _wrapper("-o", "-f"),
    "nohup": _wrapper(),
    "command": _wrapper(),
    "builtin": _wrapper(),
    "nice": _wrapper("-n"),
    "ionice": _wrapper("-c", "-n", "-p"),
    "setsid": _wrapper(),
    "stdbuf": _wrapper("-i", "-o", "-e"),
    "timeout": _wrapper("-k", "-s", skips=1),
    "xargs": _wrapper("-I", "-n", "-P", "-L", "-d", "-E", "-s", "-a"),
    "chroot": _wrapper(skips=1),
    "gosu": _wrapper(skips=1),
    "su-exec": _wrapper(skips=1),
    "setpriv": _wrapper(),
    "busybox": _wrapper(),
    "eatmydata": _wrapper(),
    "tini": _wrapper("-p", "-e"),
    "dumb-init": _wrapper(),
}
"""By name; of ``command -v`` and the like nothing is started."""

_ONLY_ASKS = {"command": ("-v", "-V"), "time": ("-V",), "sudo": ("-l", "-v", "-k", "-K")}


def inner(texts: Sequence[str]) -> int | None:
    """The index of the program that is started by the first word; None where it starts none."""
    name = texts[0].rpartition("/")[2]
    wrapper = WRAPPERS.get(name)
    if wrapper is None:
        return None
    position, skips = 1, wrapper.skips
    while position < len(texts):
        text = texts[position]
        if text in _ONLY_ASKS.get(name, ()):
            return None
        if text in wrapper.takes:
            position += 2
        elif (text.startswith("-") and len(text) > 1) or _is_variable(text, name):
            position += 1
        elif skips:
            skips -= 1
            position += 1
        else:
            return position
    return None


def _is_variable(text: str, program: str) -> bool:
    """Whether a word sets a variable for what is started."""
    name, equals, _ = text.partition("=")
    sets = program in ("env", "sudo", "doas")
    return sets and bool(equals) and name.replace("_", "a").isalnum()


def script_of(texts: Sequence[str]) -> int | None:
    """The index of the script that a shell is given with ``-c``; None where it is given none."""
    name = texts[0].rpartition("/")[2]
    if name == "eval":
        return 1 if len(texts) > 1 else None
    if name in ("su", "runuser"):
        return _behind(texts, ("-c", "--command"))
    if name not in SHELLS:
        return None
    position = 1
    while position < len(texts) and texts[position][:1] in ("-", "+"):
        text = texts[position]
        if not text.startswith("--") and "c" in text[1:]:
            return _first_word(texts, position + 1)
        # ``-euo pipefail``: the last letter's option takes a word.
        position += 2 if text.endswith(("o", "O")) and not text.startswith("--") else 1
    return None


def reads_input(texts: Sequence[str]) -> bool:
    """Whether a shell takes its script from standard input."""
    if texts[0].rpartition("/")[2] not in SHELLS or script_of(texts) is not None:
        return False
    rest = [text for text in texts[1:] if not text.startswith("-")]
    return not rest or "-s" in texts[1:]


def _behind(texts: Sequence[str], options: tuple[str, ...]) -> int | None:
    for position, text in enumerate(texts[:-1]):
        if text in options:
            return position + 1
    return None


def _first_word(texts: Sequence[str], position: int) -> int | None:
    """The first word that is no option."""
    while position < len(texts) and texts[position].startswith(("-", "+")):
        position += 2 if texts[position][1:] in ("o", "O") else 1
    return position if position < len(texts) else None
