"""Texts made fit for a status: bounded, and without control characters."""

ELLIPSIS = "…"
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def bounded(text: str, limit: int, *, lines: bool = False) -> str:
    """``text`` in at most ``limit`` characters, on one line unless ``lines`` may stay.

    Control and format characters, lone surrogates among them, become U+FFFD: a tenant's names
    end up in logs and terminals.
    """
    if len(text) <= limit and text.isprintable():
        return text
    kept = "\n" if lines else ""
    shown = "".join(
        c if c.isprintable() or c in kept else "\N{REPLACEMENT CHARACTER}" for c in text
    )
    return shown if len(shown) <= limit else shown[: limit - 1] + ELLIPSIS
