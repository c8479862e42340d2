"""Texts made fit for a status: bounded, and without control characters."""

ELLIPSIS = "…"


def bounded(text: str, limit: int) -> str:
    """``text`` on one line in at most ``limit`` characters.

    Control and format characters, lone surrogates among them, become U+FFFD: a tenant's names
    end up in logs and terminals.
    """
    shown = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
    return shown if len(shown) <= limit else shown[: limit - 1] + ELLIPSIS
