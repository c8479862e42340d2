"""How problems name things: briefly, whatever the length of the names."""

from collections.abc import Iterable

LIST_LENGTH = 120
NAME_LENGTH = 60


def name_some(names: Iterable[str]) -> str:
    """``a, b and 3 more``: as many of the names as fit into a message, and at least one."""
    rest = [clip(name) for name in names]
    shown: list[str] = []
    while rest and (not shown or len(", ".join((*shown, rest[0]))) <= LIST_LENGTH):
        shown.append(rest.pop(0))
    if rest:
        return f"{', '.join(shown)} and {len(rest)} more"
    *others, last = shown or [""]
    return f"{', '.join(others)} and {last}" if others else last


def clip(name: str) -> str:
    """The name, cut where it is longer than a message can bear."""
    return name if len(name) <= NAME_LENGTH else f"{name[: NAME_LENGTH - 1]}…"
